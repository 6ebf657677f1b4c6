"""Asks a Kubernetes cluster what runs there, and what it thinks of the files."""
