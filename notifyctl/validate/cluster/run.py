"""Checks what runs in a cluster: with the rules for files, and with those for clusters."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from notifyctl.validate.check import check
from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.finding import Finding
from notifyctl.validate.kubernetes import ManifestSet
from notifyctl.validate.settings import Settings
from notifyctl.validate.workspace import Workspace, read_workspace

# Rules about how files are written. The API server checked the fields and chose the versions; it
# always writes `replicas`; values of Secrets are not read; references are CL604's.
FILES_ONLY: Final = ("NV001", "NV002", "NV004", "K8319", "K8321", "XF410")


class _Live(Workspace, frozen=True):
    """A cluster beside what was made in it, so that its objects can make exceptions from both."""

    cluster: Cluster

    def subjects(self) -> Iterator[Any]:
        """Everything that a rule may be about."""
        yield from super().subjects()
        yield self.cluster


def check_cluster(
    cluster: Cluster, files: Sequence[ManifestSet], settings: Settings, today: date
) -> list[Finding]:
    """All findings about a cluster; `files` are what it is compared with."""
    of_live = msgspec.structs.replace(settings, ignore=(*settings.ignore, *FILES_ONLY))
    empty = read_workspace(dockerfiles=[], compose={}, kubernetes={}, texts={}, settings=of_live)
    compared = msgspec.structs.replace(cluster, files=tuple(files))
    parts = msgspec.structs.asdict(empty) | {"sets": [cluster.manifests]}
    return check(_Live(**parts, cluster=compared), today)
