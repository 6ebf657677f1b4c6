"""The files that somebody needs to run a server of their own: which, with which names in them."""
