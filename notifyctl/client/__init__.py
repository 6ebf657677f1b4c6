"""The client: `connection.py` keeps a session open, `api.py` speaks HTTP."""
