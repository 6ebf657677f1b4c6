"""Compose files: merged, filled in and extended as `docker compose` does it, and still in place."""

from notifyctl.validate.compose.build import Build
from notifyctl.validate.compose.project import Project, Service
from notifyctl.validate.compose.reader import read_projects

__all__ = ["Build", "Project", "Service", "read_projects"]
