"""Checks a Dockerfile, compose files and Kubernetes manifests, alone and against each other.

From paths to findings: `discover.py` finds the files, `texts.py` and `reading.py` read them,
`dockerfile/`, `compose/` and `kubernetes/` say what they mean, `workspace.py` holds all of it,
`check.py` asks the rules in `rules/`, `ignoring.py` applies the exceptions, and `report/` tells.
"""
