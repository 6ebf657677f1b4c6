"""Rules about what a container gets: memory, processors, and the image that it runs."""

from collections.abc import Iterator

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes import Container, ManifestSet
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import is_filled_in
from notifyctl.validate.settings import Settings


@rule("K8316", "error")
def unbounded_memory(container: Container, settings: Settings) -> Iterator[Problem]:
    """A container does not say how much memory it needs, or how much it may take.

    Memory is what connections that wait consume. Without a request, the scheduler puts the pod
    where there is none left; without a limit, one pod takes the memory of all others on its node.
    A limit alone counts as the request, too. A limit on the processor stops an event loop, and all
    its connections with it, for parts of every tenth of a second: that is only mentioned.

    Other workloads than the notification service are asked only in production, as a warning.

    Nearest elsewhere: kube-linter `unset-memory-requirements`, kube-score `container-resources`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              resources: {requests: {cpu: 250m, memory: 512Mi}, limits: {memory: 512Mi}}
    """
    is_service = container.holds_sockets(settings)
    if container.role == "init" or not (is_service or settings.is_production):
        return
    # Since Kubernetes 1.34, the pod as a whole may have them.
    places = (container.node["resources"], container.workload.pod["resources"])
    limited = any(place["limits"]["memory"].exists for place in places)
    requested = any(place["requests"]["memory"].exists for place in places)
    if not limited:
        missing = "limit" if requested else "request and no limit"
        limits = "limits: {memory: …}"
        wanted = limits if requested else f"requests: {{memory: …}}, {limits}"
        yield Problem(
            f"container `{container.name}` has no memory {missing}",
            container.node["resources"]["limits"],
            help=f"add `resources: {{{wanted}}}`",
            note="one pod can take the memory of all others on its node",
            severity=Severity.WARNING if requested or not is_service else None,
        )
    cpu = container.node["resources"]["limits"]["cpu"]
    if is_service and cpu.exists:
        yield Problem(
            f"the limit of `{cpu.string}` processors stops the event loop when it is busy",
            cpu,
            help="keep the request, and remove the limit",
            note="all connections of the pod wait while it is stopped",
            severity=Severity.INFO,
        )


@rule("K8317", "warning")
def floating_image(manifests: ManifestSet, _settings: Settings) -> Iterator[Problem]:
    """An image has no tag, or `latest`: tomorrow it is another one.

    Two pods of one rollout may run two versions, and there is no way back. Images that skaffold
    builds, or that are only on the machine (`imagePullPolicy: Never`), get their tag elsewhere.

    Nearest elsewhere: kube-linter `latest-tag`, kube-score `container-image-tag`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers: [{name: notify, image: notifyctl}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers: [{name: notify, image: "notifyctl:0.1.0"}]
    """
    built = {
        item["image"].string
        for each in manifests.manifests
        if each.group == "skaffold"
        for item in each.node["build"]["artifacts"].items
    }
    for container in _containers(manifests):
        text = container.image
        image = None if is_filled_in(text) or text in built else read_image(text)
        is_local = container.node["imagePullPolicy"].string == "Never"
        if image and image.is_floating and not is_local:
            yield Problem(
                f"image `{text}` has "
                + ("the tag `latest`" if image.tag else "no tag, which means `latest`"),
                container.node["image"],
                help="name a version, as in `:1.4.2`, or a digest",
                note="two pods of one rollout may run two versions",
                about=container.about,
            )


def _containers(manifests: ManifestSet) -> Iterator[Container]:
    for workload in manifests.workloads:
        yield from workload.every_container
