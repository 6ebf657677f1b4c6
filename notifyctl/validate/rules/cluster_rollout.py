"""The rules for a live cluster: whether what was asked for runs, and can be reached."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.kubernetes import Manifest, Workload
from notifyctl.validate.kubernetes.service import ServicePort, declared_targets, service_ports
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

MANY_RESTARTS: Final = 5
# What a container waits for that will not come by waiting.
_STUCK: Final = (
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "CreateContainerError",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "RunContainerError",
)
# What a status says, and the words for it.
_COUNTS: Final = {
    "Deployment": {"updatedReplicas": "of the new version", "availableReplicas": "available"},
    "StatefulSet": {"updatedReplicas": "of the new version", "readyReplicas": "ready"},
    "DaemonSet": {"updatedNumberScheduled": "of the new version", "numberAvailable": "available"},
}


@rule("CL601", "error")
def unfinished_rollout(cluster: Cluster, _settings: Settings) -> Iterator[Problem]:
    """What runs is not, or not yet, what was asked for.

    The controller has seen the last change (`observedGeneration`), and as many pods as were asked
    for are of the new version and available. No container waits for an image or a Secret that does
    not come, was killed for its memory, or restarts again and again: each restart of a server
    drops all of its sockets. `kubectl rollout status` waits for the first half and says nothing of
    the second.

    Bad::

        Deployment notify: spec.replicas 3, status.availableReplicas 2

    Good::

        Deployment notify: spec.replicas 3, status.availableReplicas 3
    """
    for workload in cluster.manifests.workloads:
        yield from _rollout(workload)
    for pod in cluster.pods:
        for state in pod.node["status"]["containerStatuses"].items:
            yield from _container(pod, state)


def _rollout(workload: Workload) -> Iterator[Problem]:
    counts = _COUNTS.get(workload.kind)
    if counts is None:
        return
    named = f"{workload.kind} `{workload.name}`"
    status = workload.node["status"]
    generation = workload.node["metadata"]["generation"].integer or 0
    if (status["observedGeneration"].integer or 0) < generation:
        yield Problem(
            f"the last change of {named} was not looked at yet",
            status["observedGeneration"],
            help="wait a moment; if it stays so, look at the cluster's controller manager",
            about=workload.about,
        )
        return
    wanted = workload.replicas
    if workload.kind == "DaemonSet":
        wanted = status["desiredNumberScheduled"].integer
    for key, words in counts.items():
        count = status[key].integer or 0
        if wanted and count < wanted and not _is_held_back(workload, key):
            yield Problem(
                f"{count} of {wanted} pods of {named} are {words}",
                status[key],
                help=f"see `kubectl describe {workload.kind.lower()} {workload.name}`",
                note="the rollout is under way, or it is stuck",
                about=workload.about,
            )
            return


def _is_held_back(workload: Workload, key: str) -> bool:
    """Whether somebody decided that not all pods are of the new version."""
    strategy = workload.node["spec"]["updateStrategy"]
    return key.startswith("updated") and (
        workload.node["spec"]["paused"].is_true
        or strategy["type"].string == "OnDelete"
        or bool(strategy["rollingUpdate"]["partition"].integer)
    )


def _container(pod: Manifest, state: Node) -> Iterator[Problem]:
    named = f"container `{state['name'].string}` of pod `{pod.name}`"
    waiting = state["state"]["waiting"]["reason"]
    ended = (state["state"]["terminated"] or state["lastState"]["terminated"])["reason"]
    restarts = state["restartCount"]
    if waiting.string in _STUCK:
        yield Problem(
            f"{named} does not start: {waiting.string}",
            waiting,
            help=f"see `kubectl describe pod {pod.name}`",
            about=pod.about,
        )
    elif ended.string == "OOMKilled":
        yield Problem(
            f"{named} was killed because it needed more memory than its limit",
            ended,
            help="raise the memory limit, or lower the number of connections",
            note="each time, all of its sockets are dropped",
            about=pod.about,
        )
    elif (restarts.integer or 0) >= MANY_RESTARTS:
        yield Problem(
            f"{named} was restarted {restarts.integer} times",
            restarts,
            help=f"see `kubectl logs --previous {pod.name}`",
            note="each time, all of its sockets are dropped",
            severity=Severity.WARNING,
            about=pod.about,
        )


@rule("CL602", "error")
def service_without_endpoints(cluster: Cluster, settings: Settings) -> Iterator[Problem]:
    """A Service of the notification service leads nowhere, or to another port.

    The EndpointSlices say where connections really go. None of them ready means that every
    connection is refused. A named port that no pod declares is simply missing there, and a number
    that differs from what the container declares goes to a port where nobody listens.

    Bad::

        Service notify: port ws -> targetPort 8081
        EndpointSlice notify-x: ports [{name: ws, port: 8081}]

    Good::

        Service notify: port ws -> targetPort ws
        EndpointSlice notify-x: ports [{name: ws, port: 8001}]
    """
    if not cluster.knows("EndpointSlice"):
        return
    for service in cluster.manifests.of_kind("Service"):
        selector = service.node["spec"]["selector"]
        # Without a selector, others write the slices; with no replicas, nobody is missed.
        if not selector.entries:
            continue
        selected = cluster.manifests.selected_by(selector, service.namespace, service.source)
        ours = [each for each in selected if each.holds_sockets(settings) and each.replicas != 0]
        if ours:
            yield from _endpoints(service, cluster.slices_of(service), ours)


def _endpoints(
    service: Manifest, slices: list[Manifest], workloads: list[Workload]
) -> Iterator[Problem]:
    ready = [each for one in slices for each in one.node["endpoints"].items if _is_ready(each)]
    if not ready:
        yield Problem(
            f"Service `{service.name}` has no endpoint that is ready",
            service.node["spec"]["selector"],
            help="find out why its pods are not ready, or whether its selector selects any",
            note="every connection is refused",
            about=service.about,
        )
        return
    for port in service_ports(service):
        yield from _port(service, port, slices, workloads)


def _port(
    service: Manifest, port: ServicePort, slices: list[Manifest], workloads: list[Workload]
) -> Iterator[Problem]:
    """Whether the slices lead a port of a Service to one that the pods declare."""
    named = f"port `{port.name or port.number}` of Service `{service.name}`"
    served = [
        each["port"]
        for one in slices
        for each in one.node["ports"].items
        if each["name"].string == port.name
    ]
    if not served:
        yield Problem(
            f"{named} has no endpoints",
            port.target,
            label="no pod declares this",
            help="point `targetPort` at a port that the pods declare",
            about=service.about,
        )
        return
    declared = {each.number for one in workloads for box in one.containers for each in box.ports}
    wrong = next((each for each in served if declared and each.integer not in declared), None)
    if wrong is not None:
        known = ", ".join(str(each) for each in sorted(filter(None, declared)))
        there = [each for one in workloads for each in declared_targets(port, one)]
        related = (Related(each.span, "declared here") for each in there)
        yield Problem(
            f"{named} leads to {wrong.string}, which no container declares",
            port.target,
            related=(Related(wrong.span, "where connections go"), *related),
            help=f"point `targetPort` at one of {known}",
            note="connections are refused by the pod, while its readiness stays green",
            about=service.about,
        )


def _is_ready(endpoint: Node) -> bool:
    # Without a word about it, an endpoint counts as ready.
    return endpoint["conditions"]["ready"].string != "false"
