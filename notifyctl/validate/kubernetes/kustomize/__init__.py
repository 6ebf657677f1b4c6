"""Builds what a kustomization describes, on trees that remember where everything stands."""
