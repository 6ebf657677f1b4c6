"""Reads what is in a namespace, kind by kind; what may not be read is left out and named."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from notifyctl.errors import ClusterUnreachable
from notifyctl.validate.cluster.answers import Answer
from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.cluster.connection import ApiServer, connect
from notifyctl.validate.cluster.objects import is_owned, manifest_of
from notifyctl.validate.kubernetes import Manifest
from notifyctl.validate.kubernetes.manifest_set import assemble
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.progress import Progress

PAGE: Final = "500"


class Kind(NamedTuple):
    """A kind of object, and where the API server keeps it."""

    name: str
    api_version: str
    plural: str
    is_namespaced: bool = True

    def path(self, namespace: str) -> str:
        """The path of its list."""
        inside = f"/namespaces/{namespace}" if self.is_namespaced else ""
        return f"{api_path(self.api_version)}{inside}/{self.plural}"


KINDS: Final = (
    Kind("Deployment", "apps/v1", "deployments"),
    Kind("StatefulSet", "apps/v1", "statefulsets"),
    Kind("DaemonSet", "apps/v1", "daemonsets"),
    Kind("ReplicaSet", "apps/v1", "replicasets"),
    Kind("CronJob", "batch/v1", "cronjobs"),
    Kind("Job", "batch/v1", "jobs"),
    Kind("Pod", "v1", "pods"),
    Kind("Service", "v1", "services"),
    Kind("EndpointSlice", "discovery.k8s.io/v1", "endpointslices"),
    Kind("Ingress", "networking.k8s.io/v1", "ingresses"),
    Kind("HTTPRoute", "gateway.networking.k8s.io/v1", "httproutes"),
    Kind("ConfigMap", "v1", "configmaps"),
    Kind("Secret", "v1", "secrets"),
    Kind("ServiceAccount", "v1", "serviceaccounts"),
    Kind("PersistentVolumeClaim", "v1", "persistentvolumeclaims"),
    Kind("PodDisruptionBudget", "policy/v1", "poddisruptionbudgets"),
    Kind("HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscalers"),
    Kind("NetworkPolicy", "networking.k8s.io/v1", "networkpolicies"),
    Kind("IngressClass", "networking.k8s.io/v1", "ingressclasses", is_namespaced=False),
    Kind("Node", "v1", "nodes", is_namespaced=False),
)
# What others make: looked at beside what people made.
_APART: Final = ("EndpointSlice", "IngressClass", "Node")
_MADE_BY_OTHERS: Final = ("Pod", "ReplicaSet", "Job")


class ClusterReading(msgspec.Struct, frozen=True):
    """What reading a cluster came to: the cluster, or why it could not be read."""

    cluster: Cluster | None
    skipped: list[str]
    unchecked: list[Unchecked]


def read_cluster(
    context: str | None,
    namespace: str | None,
    *,
    kubeconfig: str | None = None,
    progress: Progress,
) -> ClusterReading:
    """Read a namespace; the context's own one if none is named."""
    target = f"cluster of context {context!r}" if context else "cluster"
    try:
        with connect(context, kubeconfig) as server:
            cluster = _read(server, namespace or server.namespace, progress)
    except ClusterUnreachable as error:
        return ClusterReading(
            None, [], [Unchecked(target, f"cannot be checked: {error.details['reason']}")]
        )
    skipped = [f"{kind} skipped: {why}" for kind, why in cluster.skipped.items()]
    unchecked = []
    if not cluster.manifests.manifests:
        why = f"has nothing to check in namespace {cluster.namespace!r}; choose another"
        unchecked.append(Unchecked(target, why))
    return ClusterReading(cluster, skipped, unchecked)


def api_path(api_version: str) -> str:
    """The path below which the API server keeps a version of an API."""
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _read(server: ApiServer, namespace: str, tell: Progress) -> Cluster:
    _demand_namespace(server, namespace)
    read: dict[str, list[Manifest]] = {}
    made: list[Manifest] = []
    skipped: dict[str, str] = {}
    for kind in KINDS:
        tell(f"reading {kind.plural} of namespace {namespace}", passing=True)
        found = read[kind.name] = []
        for live in _listed(server, kind, namespace, skipped):
            manifest = manifest_of(kind.name, kind.api_version, live)
            if manifest is None:
                continue
            found.append(manifest)
            is_made = kind.name in _MADE_BY_OTHERS and is_owned(manifest)
            if not is_made and kind.name not in _APART:
                made.append(manifest)
    return Cluster(
        namespace,
        assemble(f"cluster:{namespace}", made, incomplete=bool(skipped)),
        pods=read["Pod"],
        endpoint_slices=read["EndpointSlice"],
        ingress_classes=read["IngressClass"],
        nodes=read["Node"],
        skipped=skipped,
    )


def _demand_namespace(server: ApiServer, namespace: str) -> None:
    """A list of a namespace that does not exist is empty, and would look like a clean one."""
    if not namespace.replace("-", "").isalnum():
        raise ClusterUnreachable(reason=f"{namespace!r} is no name of a namespace")
    if server.get(f"/api/v1/namespaces/{namespace}").status == 404:
        raise ClusterUnreachable(
            reason=f"{server.name} has no namespace {namespace!r}; choose with --namespace"
        )


def _listed(
    server: ApiServer, kind: Kind, namespace: str, skipped: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """The objects of a kind, page by page."""
    query = {"limit": PAGE}
    while True:
        answer = server.get(kind.path(namespace), **query)
        if answer.status == 404:
            return  # The cluster knows no such kind, so there is none.
        items = answer.body.get("items")
        if answer.status != 200 or (items is not None and not isinstance(items, list)):
            skipped[kind.name] = _why(answer)
            return
        yield from (item for item in items or [] if isinstance(item, dict))
        onward = answer.part("metadata").get("continue")
        if not onward:
            return
        query["continue"] = str(onward)


def _why(answer: Answer) -> str:
    return "forbidden" if answer.status == 403 else answer.message
