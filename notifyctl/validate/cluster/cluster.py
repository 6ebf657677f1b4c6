"""A namespace of a cluster as it was read: plain values, which the rules judge."""

from collections.abc import Mapping, Sequence

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.selectors import selects


class Cluster(msgspec.Struct, frozen=True, eq=False):
    """What runs in a namespace.

    `manifests` is what people made: what Kubernetes makes from it (pods, replica sets, endpoint
    slices) is apart. A kind in `skipped` could not be read, so nothing is known about it.
    `files` are the sets of manifests that the cluster is compared with.
    """

    namespace: str
    manifests: ManifestSet
    pods: Sequence[Manifest] = ()
    endpoint_slices: Sequence[Manifest] = ()
    ingress_classes: Sequence[Manifest] = ()
    nodes: Sequence[Manifest] = ()
    skipped: Mapping[str, str] = {}
    files: Sequence[ManifestSet] = ()

    @property
    def about(self) -> Named:
        """The namespace."""
        return Named("Namespace", self.namespace)

    def knows(self, kind: str) -> bool:
        """Whether all objects of a kind were read."""
        return kind not in self.skipped

    def pods_of(self, workload: Workload) -> list[Manifest]:
        """The pods that a workload's selector selects."""
        selector = workload.node["spec"]["selector"]
        return [pod for pod in self.pods if selects(selector, pod.labels)]

    def slices_of(self, service: Manifest) -> list[Manifest]:
        """The endpoint slices of a Service."""
        label = "kubernetes.io/service-name"
        return [each for each in self.endpoint_slices if each.labels.get(label) == service.name]
