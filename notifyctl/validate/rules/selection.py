"""A rule about what a workload selects: its own pods, or nothing."""

from collections.abc import Iterator

from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.kubernetes import Workload
from notifyctl.validate.kubernetes.selectors import selects
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node


@rule("K8320", "error")
def selector_that_misses_its_pods(workload: Workload, _settings: Settings) -> Iterator[Problem]:
    """A workload's selector does not select the pods that its template makes.

    Kubernetes refuses such a Deployment, StatefulSet, DaemonSet or Job: "`selector` does not match
    template `labels`".

    Nearest elsewhere: kube-linter `mismatching-selector`.

    Bad::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notifier}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]

    Good::

        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: notify}
        spec:
          selector: {matchLabels: {app: notify}}
          template:
            metadata: {labels: {app: notify}}
            spec:
              containers: [{name: notify, image: "notifyctl:0.1.0"}]
    """
    selector = workload.node["spec"]["selector"]
    if selector.exists and not selects(selector, workload.pod_labels):
        labels = workload.template["metadata"]["labels"]
        yield Problem(
            f"the selector of {workload.kind} `{workload.name}` does not select its own pods",
            _wrong_label(selector, workload),
            related=(Related(labels.span if labels.exists else labels.head, "their labels"),),
            help="use the same labels in both places",
            note="Kubernetes refuses it",
        )


def _wrong_label(selector: Node, workload: Workload) -> Node:
    """The first label that the pods do not have, or the whole selector."""
    labels = selector["matchLabels"]
    for name, entry in (labels if labels.exists else selector).entries.items():
        if entry.value.text is not None and workload.pod_labels.get(name) != entry.value.text:
            return entry.value
    return selector
