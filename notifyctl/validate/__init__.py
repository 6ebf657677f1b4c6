"""Checks a Dockerfile, compose files and Kubernetes manifests, each alone and against the others."""
