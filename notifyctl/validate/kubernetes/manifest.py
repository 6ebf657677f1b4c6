"""One object of Kubernetes, as a file describes it."""

import posixpath
from collections.abc import Iterator
from functools import cached_property
from typing import Final

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes.kinds import group_of, is_of_kind, is_own_group
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node


class Manifest(msgspec.Struct, frozen=True, dict=True, eq=False):
    """An object: where it is written, and what it says of itself.

    `has_unknown_keys`: it is a ConfigMap or Secret made from files that were not read, so that its
    `data` may hold more than is known.
    """

    source: Source
    node: Node
    has_unknown_keys: bool = False

    @cached_property
    def kind(self) -> str:
        """As written; `is_a` tells a Service from what others call a Service."""
        return self.node["kind"].string

    @cached_property
    def api_version(self) -> str:
        """As written: `apps/v1`."""
        return self.node["apiVersion"].string

    @property
    def group(self) -> str:
        """The API group; empty for the core."""
        return group_of(self.api_version)

    @cached_property
    def name(self) -> str:
        """Its name; empty if it has none, or lets Kubernetes choose one."""
        return self.node["metadata"]["name"].string

    @cached_property
    def namespace(self) -> str:
        """Its namespace; empty if whoever applies it decides."""
        return self.node["metadata"]["namespace"].string

    @cached_property
    def folder(self) -> str:
        """The folder of its file."""
        return posixpath.dirname(self.source.name)

    @cached_property
    def labels(self) -> dict[str, str]:
        """Its own labels; those of its pods may be others."""
        return texts_of(self.node["metadata"]["labels"])

    @cached_property
    def annotations(self) -> dict[str, str]:
        """Its annotations."""
        return texts_of(self.node["metadata"]["annotations"])

    @property
    def about(self) -> Named:
        """What findings call it."""
        return Named(self.kind, self.name, self.namespace)

    def is_a(self, kind: str) -> bool:
        """Whether it is of a kind, and of the API group that people mean by that."""
        return is_of_kind(self.kind, self.api_version, kind)


def may_be_one(namespace: str, other: str) -> bool:
    """Whether two namespaces can be the same; one that is not written may be any."""
    return not namespace or not other or namespace == other


# Groups of kinds that run no pods themselves, besides Kubernetes' own.
_WITHOUT_PODS: Final = (
    ".k8s.aws",
    ".istio.io",
    "bitnami.com",
    "cert-manager.io",
    "cilium.io",
    "cloud.google.com",
    "external-secrets.io",
    "gke.io",
    "keda.sh",
    "kyverno.io",
    "monitoring.coreos.com",
    "projectcalico.org",
    "projectcontour.io",
    "route.openshift.io",
    "traefik.containo.us",
    "traefik.io",
)
# And the kinds of such groups that do.
_WITH_PODS: Final = frozenset({"Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler"})


def makes_pods(manifest: Manifest) -> bool:
    """Whether an operator may make pods for it: it is of a kind that Kubernetes does not have."""
    if is_own_group(manifest.group):
        return False
    return manifest.kind in _WITH_PODS or not manifest.group.endswith(_WITHOUT_PODS)


def texts_of(node: Node) -> dict[str, str]:
    """The entries of a mapping of strings; what is no scalar is left out."""
    entries = ((name, entry.value.text) for name, entry in node.entries.items())
    return {name: text for name, text in entries if text is not None}


def objects_in(document: Node) -> Iterator[Node]:
    """The objects of a document: itself, or the items of a `List`.

    What does not say both its kind and the version of its API is no object of Kubernetes.
    """
    waiting = [document]
    while waiting:
        node = waiting.pop()
        kind = node["kind"].text
        if not kind or not node["apiVersion"].text:
            continue
        if kind.endswith("List") and node["items"].items:
            waiting += reversed(node["items"].items)
        else:
            yield node
