"""Checks what runs in a cluster: with the rules for files, and with those for clusters."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec

from notifyctl.validate.check import check, chosen_rules, findings_about
from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.finding import Finding
from notifyctl.validate.kubernetes import ManifestSet
from notifyctl.validate.settings import Settings
from notifyctl.validate.workspace import read_workspace

# Rules about how files are written. The API server checked the fields and chose the versions; it
# always writes `replicas`; values of Secrets are not read; references are CL604's.
FILES_ONLY: Final = ("NV001", "NV002", "NV004", "K8319", "K8321", "XF410")


def check_cluster(
    cluster: Cluster, files: Sequence[ManifestSet], settings: Settings, today: date
) -> list[Finding]:
    """All findings about a cluster; `files` are what it is compared with."""
    of_live = msgspec.structs.replace(settings, ignore=(*settings.ignore, *FILES_ONLY))
    empty = read_workspace(dockerfiles=[], compose={}, kubernetes={}, texts={}, settings=of_live)
    found = check(msgspec.structs.replace(empty, sets=[cluster.manifests]), today)
    subject = msgspec.structs.replace(cluster, files=tuple(files))
    found += findings_about([subject], chosen_rules(settings).values(), settings)
    return sorted(found, key=lambda finding: finding.order)
