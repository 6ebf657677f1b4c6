"""The manifests as plain data: as Docker Compose and kustomize take them."""

import shutil
import subprocess
from functools import cache
from typing import Any, Final

import pytest
import yaml

from tests.support.sources import ROOT

COMPOSE: Final = ROOT / "manifests" / "compose"
KUBERNETES: Final = ROOT / "manifests" / "kubernetes"
OVERLAYS: Final = ("one-node", "several-nodes")


class Loader(yaml.SafeLoader):
    """Reads `!reset` of compose as nothing, which is what it leaves behind."""


Loader.add_constructor("!reset", lambda _loader, _node: None)


def compose(name: str) -> Any:
    """The one service of a compose file."""
    document = yaml.load((COMPOSE / name).read_text(), Loader)
    (service,) = document["services"].values()
    return service


@cache
def manifests() -> list[Any]:
    """Every object in the Kubernetes folder, as it is written; patches are objects, too."""
    return [
        document
        for path in sorted(KUBERNETES.rglob("*.yaml"))
        for document in yaml.safe_load_all(path.read_text())
        if path.name != "kustomization.yaml"
    ]


@cache
def rendered(overlay: str) -> list[Any]:
    """What an overlay comes to, says kustomize itself."""
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    folder = KUBERNETES / "overlays" / overlay
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


def only(objects: list[Any], kind: str, name: str = "notifyd") -> Any:
    """The one object of a kind and a name."""
    (found,) = [
        each for each in objects if (each["kind"], each["metadata"]["name"]) == (kind, name)
    ]
    return found
