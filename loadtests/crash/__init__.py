"""The crash test: a server that is killed again and again, and everybody who relies on it."""
