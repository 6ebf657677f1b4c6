"""Rules about rollouts: how many pods, and so how many connections, go at a time."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.kubernetes import ManifestSet, Workload
from notifyctl.validate.rule import rule
from notifyctl.validate.rules.scaling import autoscaler_of
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

_PERCENT: Final = re.compile(r"([0-9]{1,3})%")


@rule("K8309", "error")
def rollout_of_all_at_once(workload: Workload, settings: Settings) -> Iterator[Problem]:
    """A rollout of the notification service drops half of all connections, or all, at once.

    They come back within seconds, to the pods that are left, and each of them replays what it has
    missed. `Recreate` is right for one pod with a volume that only one can have, and not complained
    about there. Between a quarter and a half at a time is a warning, unless `minReadySeconds` keeps
    the next ones until these have come to rest.

    Nearest elsewhere: kube-score `deployment-strategy`, kube-linter `no-rolling-update-strategy`.

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          replicas: 4
          strategy: {type: Recreate}
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          replicas: 4
          strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]
    """
    if not workload.is_a("Deployment") or not workload.holds_sockets(settings):
        return
    spec = workload.node["spec"]
    if workload.replicas == 0 or (workload.replicas == 1 and has_volume_of_its_own(workload)):
        return
    if spec["strategy"]["type"].string == "Recreate":
        yield Problem(
            "`Recreate` stops all pods before it starts the first new one",
            spec["strategy"]["type"],
            help="use `RollingUpdate` with `maxSurge: 1` and `maxUnavailable: 0`",
            note="every rollout drops all connections, and nobody answers them for a while",
        )
        return
    most = spec["strategy"]["rollingUpdate"]["maxUnavailable"]
    share = _share(most, workload.replicas if spec["replicas"].exists else None)
    if share >= 0.5 or (share > 0.25 and not spec["minReadySeconds"].integer):
        yield Problem(
            f"a rollout takes {share:.0%} of the pods at once",
            most,
            help="set `maxUnavailable: 0` with `maxSurge: 1`"
            + ("" if share >= 0.5 else ", or let `minReadySeconds` spread it"),
            note="the connections of all these come back at the same moment",
            severity=None if share >= 0.5 else Severity.WARNING,
        )


def _share(most: Node, replicas: int | None) -> float:
    """The part of the pods that may be missing; Kubernetes rounds a percentage down."""
    percent = _PERCENT.fullmatch(most.string)
    if percent:
        share = int(percent[1]) / 100
        return int(share * replicas) / replicas if replicas else share
    if most.integer and replicas:
        return min(most.integer / replicas, 1.0)
    return 0.0


def has_volume_of_its_own(workload: Workload) -> bool:
    """Whether its pods keep things on a volume that, as most are, is for one pod only."""
    claims = workload.node["spec"]["volumeClaimTemplates"].items
    return bool(claims) or any("persistentVolumeClaim" in v for v in workload.pod["volumes"].items)


@rule("K8310", "warning")
def single_replica(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """There is a single pod, and no autoscaler that would make more.

    When its node goes, or it is replaced, nobody is connected. Under the profile for production
    this is asked of all that is behind a Service and keeps nothing on a volume of its own; the
    notification service is asked always, for with a volume it is still a single one: say so with
    an exception.

    Nearest elsewhere: kube-score `deployment-replicas`, kube-linter `minimum-three-replicas`.

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          replicas: 1
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          replicas: 3
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]
    """
    for workload in manifests.workloads:
        if workload.replicas != 1:
            continue
        asked = workload.holds_sockets(settings) or (
            settings.is_production and workload.services and not has_volume_of_its_own(workload)
        )
        written = workload.node["spec"]["replicas"]
        # What is not read may hold the autoscaler, which wants no number here.
        is_known = written.exists or not manifests.incomplete
        if asked and is_known and not _is_scaled(workload, manifests):
            yield Problem(
                f"{workload.kind} `{workload.name}` has a single pod",
                written,
                help="set `replicas: 2` or more, or add a HorizontalPodAutoscaler",
                note="whenever it is replaced, nobody is connected",
                about=workload.about,
            )


def _is_scaled(workload: Workload, manifests: ManifestSet) -> bool:
    """Whether something else says how many pods there are; KEDA makes autoscalers, too."""
    names = [
        each.node["spec"]["scaleTargetRef"]["name"].string
        for each in manifests.of_kind("ScaledObject")
    ]
    return workload.name in names or autoscaler_of(workload, manifests) is not None
