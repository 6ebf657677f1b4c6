"""Asks a running server what only a running server can answer."""
