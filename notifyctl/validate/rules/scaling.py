"""Rules about more and fewer pods: budgets for disruption, and autoscalers."""

from collections.abc import Iterator

import msgspec

from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.manifest import may_be_one
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node


@rule("K8311", "warning")
def missing_disruption_budget(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """No PodDisruptionBudget selects the pods of the notification service.

    When nodes are drained for an update, Kubernetes may take all its pods at once. Every client
    then reconnects at the same moment, to whatever is left. A service of a single pod needs no
    budget: it could only forbid the drain.

    Nearest elsewhere: kube-score `pod-has-poddisruptionbudget`, which asks it of all workloads.

    Bad::

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
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: notify}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: notify}}
    """
    if manifests.incomplete:
        return
    budgets = manifests.of_kind("PodDisruptionBudget")
    for workload in manifests.workloads:
        several = (workload.replicas or 0) > 1 or autoscaler_of(workload, manifests) is not None
        if not (several and workload.holds_sockets(settings)):
            continue
        if not any(_guards(each, workload) for each in budgets):
            yield Problem(
                f"no PodDisruptionBudget selects the pods of {workload.kind} `{workload.name}`",
                workload.node["metadata"]["name"],
                help="add one with `maxUnavailable: 1`",
                note="draining nodes may take all pods, and so all connections, at once",
                about=workload.about,
            )


def _guards(budget: Manifest, workload: Workload) -> bool:
    selector = budget.node["spec"]["selector"]
    is_near = may_be_one(budget.namespace, workload.namespace)
    return is_near and selects(selector, workload.pod_labels)


@rule("K8312", "error")
def budget_that_never_allows_eviction(
    manifests: ManifestSet, _settings: Settings
) -> Iterator[Problem]:
    """A PodDisruptionBudget lets no pod go.

    Draining a node then waits for ever, or until somebody deletes the budget in the middle of the
    night. `minAvailable` must be below the number of pods, also where an autoscaler has made them
    as few as it may: just as many is a warning, for it is over when there is more to do.

    Nearest elsewhere: kube-linter `pdb-max-unavailable`, `pdb-min-available`.

    Bad::

        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: notify}
        spec:
          minAvailable: 100%
          selector: {matchLabels: {app: notify}}

    Good::

        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: notify}
        spec:
          maxUnavailable: 1
          selector: {matchLabels: {app: notify}}
    """
    for budget in manifests.of_kind("PodDisruptionBudget"):
        spec = budget.node["spec"]
        most, fewest = spec["maxUnavailable"], spec["minAvailable"]
        blocking: Blocking | None = None
        if most.integer == 0 or most.string == "0%":
            blocking = Blocking(f"`maxUnavailable: {most.string}` allows none")
        elif fewest.string == "100%":
            blocking = Blocking("`minAvailable: 100%` needs them all")
        elif fewest.exists and not manifests.incomplete:
            blocking = _too_many_needed(budget, fewest, manifests)
        if blocking:
            yield Problem(
                f"PodDisruptionBudget `{budget.name}` allows no eviction: {blocking.why}",
                most if most.exists else fewest,
                related=blocking.related,
                help="use `maxUnavailable: 1`",
                note="draining a node waits until somebody removes the budget",
                severity=blocking.severity,
                about=budget.about,
            )


class Blocking(msgspec.Struct, frozen=True):
    """Why a budget allows no eviction, what shows it, and how bad it is if not as always."""

    why: str
    related: tuple[Related, ...] = ()
    severity: Severity | None = None


def _too_many_needed(budget: Manifest, fewest: Node, manifests: ManifestSet) -> Blocking | None:
    """Whether a budget needs as many pods as there may be."""
    selector = budget.node["spec"]["selector"]
    workloads = manifests.selected_by(selector, budget.namespace, budget.source)
    if len(workloads) != 1:
        return None
    (workload,) = workloads
    scaler = autoscaler_of(workload, manifests)
    if scaler is not None:
        count = scaler.node["spec"]["minReplicas"]
        number = count.integer if count.exists else 1
        words = "the autoscaler may leave"
    else:
        count = workload.node["spec"]["replicas"]
        number = workload.replicas
        words = "there is" if number == 1 else "there are"
    needed = _needed(fewest, number or 0)
    if not number or needed is None or needed < number:
        return None
    shown = Related(count.span if count.exists else count.head, f"{_pods(number)} here")
    is_sometimes = scaler is not None and needed == number
    return Blocking(
        f"it needs {_pods(needed)}, and {words} {number}",
        (shown,),
        Severity.WARNING if is_sometimes else None,
    )


def _needed(fewest: Node, number: int) -> int | None:
    """How many pods `minAvailable` needs; a share of them is rounded up, as Kubernetes does."""
    share = fewest.string.removesuffix("%")
    if share == fewest.string or not share.isdecimal():
        return fewest.integer
    return -(-number * int(share[:9]) // 100)


def _pods(number: int) -> str:
    return "1 pod" if number == 1 else f"{number} pods"


def autoscaler_of(workload: Workload, manifests: ManifestSet) -> Manifest | None:
    """The HorizontalPodAutoscaler that changes the number of a workload's pods."""
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        if target_of(scaler, manifests) is workload:
            return scaler
    return None


def target_of(scaler: Manifest, manifests: ManifestSet) -> Workload | None:
    """The workload that an autoscaler scales, if the files have it."""
    reference = scaler.node["spec"]["scaleTargetRef"]
    found = manifests.find(
        reference["kind"].string, reference["name"].string, scaler.namespace, scaler.source
    )
    return found if isinstance(found, Workload) else None


@rule("K8321", "warning")
def careless_autoscaler(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """An autoscaler works against its workload, or against connections that live long.

    With `replicas` in the workload, too, each `kubectl apply` throws away what the autoscaler
    decided. For the notification service there is more: connections that wait cost memory and
    hardly any CPU, so CPU alone scales down what is full; and each pod that goes cuts its
    connections, so scaling down should be slow.

    Nearest elsewhere: kube-score `deployment-targeted-by-hpa-does-not-have-replicas-configured`;
    nothing for connections.

    Bad::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: notify}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: notify}
          maxReplicas: 5
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          replicas: 3
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: api, image: "api:1"}]

    Good::

        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: notify}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: notify}
          maxReplicas: 5
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: api, image: "api:1"}]
    """
    for scaler in manifests.of_kind("HorizontalPodAutoscaler"):
        workload = target_of(scaler, manifests)
        if workload is None:
            continue
        replicas = workload.node["spec"]["replicas"]
        if replicas.exists and replicas.integer != 0:
            reference = scaler.node["spec"]["scaleTargetRef"]
            yield Problem(
                f"`replicas` of {workload.kind} `{workload.name}` resets what the autoscaler sets",
                replicas,
                related=(Related(reference.span, "scaled by this autoscaler"),),
                help="remove `replicas`; the autoscaler starts from `minReplicas`",
                about=workload.about,
            )
        if workload.holds_sockets(settings):
            yield from _against_connections(scaler)


def _against_connections(scaler: Manifest) -> Iterator[Problem]:
    spec = scaler.node["spec"]
    metrics, share = spec["metrics"], spec["targetCPUUtilizationPercentage"]
    resources = [
        (item["resource"]["name"] or item["containerResource"]["name"]).string
        for item in metrics.items
    ]
    # Without any metric an autoscaler looks at the CPU.
    if all(name == "cpu" for name in resources):
        yield Problem(
            f"HorizontalPodAutoscaler `{scaler.name}` looks at the CPU only",
            share if share.exists else metrics,
            help="add `memory`, or the number of sessions as a metric of the pods",
            note="connections that wait cost memory, and hardly any CPU",
            about=scaler.about,
        )
    down = spec["behavior"]["scaleDown"]
    window = down["stabilizationWindowSeconds"]
    is_slow = down["policies"].items or down["selectPolicy"].string == "Disabled"
    if (not window.exists and not is_slow) or window.integer == 0:
        yield Problem(
            f"HorizontalPodAutoscaler `{scaler.name}` does not say how slowly it scales down",
            window,
            help="set `behavior.scaleDown.stabilizationWindowSeconds`, as in 600",
            note="each pod that goes cuts its connections",
            about=scaler.about,
        )
