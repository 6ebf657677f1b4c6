"""The rules for a live cluster: whether it is what was written, and has what that needs."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.cluster.answers import ServerAnswer
from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.cluster.drift import least_drifts
from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.kubernetes import Manifest, Workload
from notifyctl.validate.kubernetes.references import Reference, references_of
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings

_MADE_BY_KUBERNETES: Final = "kube-root-ca.crt"


@rule("CL603", "warning")
def drift_from_files(cluster: Cluster, _settings: Settings) -> Iterator[Problem]:
    """A live object is not what the files say.

    Compared is what these rules look at: images, ports, probes, `preStop`, the grace period, the
    ports of Services, and the timeouts among the annotations of an Ingress. Only what a file says
    counts; what the API server fills in does not. If several overlays describe an object, the one
    that is most like it is meant. `kubectl diff` compares everything, with what others filled in.

    Bad::

        deployment.yaml: terminationGracePeriodSeconds: 60
        in the cluster:  terminationGracePeriodSeconds: 30

    Good::

        deployment.yaml: terminationGracePeriodSeconds: 60
        in the cluster:  terminationGracePeriodSeconds: 60
    """
    for live in cluster.manifests.manifests:
        for drift in least_drifts(cluster.files, live, cluster.namespace):
            there = drift.live.string or ("set" if drift.live.exists else "not set")
            place = drift.live.span if drift.live.exists else drift.live.head
            yield Problem(
                f"{live.kind} `{live.name}` in the cluster has another `{drift.path}`",
                drift.written,
                label=f"`{there}` in the cluster",
                related=(Related(place, "what runs"),),
                help="apply the file, or write down what was changed in the cluster",
                about=live.about,
            )


@rule("CL604", "warning")
def unmet_dependency(cluster: Cluster, _settings: Settings) -> Iterator[Problem]:
    """Something that an object needs is not in the cluster, or stands in its way.

    A Secret, a ConfigMap or a key in one that does not exist keeps a new pod from starting, though
    the old ones still run. An Ingress of a class that does not exist is served by nobody. A
    PodDisruptionBudget that allows no disruption makes every drain of a node wait for ever. And if
    all pods are on one node, they go together. A kind that may not be read is not judged.

    Bad::

        Deployment notify: secretKeyRef {name: notify, key: jwt-secret}
        Secret notify: keys [password]

    Good::

        Deployment notify: secretKeyRef {name: notify, key: jwt-secret}
        Secret notify: keys [jwt-secret]
    """
    for workload in cluster.manifests.workloads:
        yield from _on_one_node(cluster, workload)
        for reference in references_of(workload):
            yield from _absent(cluster, workload, reference)
    for ingress in cluster.manifests.of_kind("Ingress"):
        yield from _unknown_class(cluster, ingress)
        for tls in ingress.node["spec"]["tls"].items:
            certificate = Reference("Secret", tls["secretName"], None, optional=False)
            yield from _absent(cluster, ingress, certificate)
    for budget in cluster.manifests.of_kind("PodDisruptionBudget"):
        yield from _blocking_budget(budget)


def _absent(cluster: Cluster, manifest: Manifest, reference: Reference) -> Iterator[Problem]:
    kind, name, key = reference.kind, reference.name.text, reference.key
    # Kubernetes puts these there by itself, and a moment later again.
    if name in (None, _MADE_BY_KUBERNETES) or reference.optional or not cluster.knows(kind):
        return
    there = cluster.manifests.find(kind, name or "", cluster.namespace)
    needs = f"{manifest.kind} `{manifest.name}` needs"
    note = "" if manifest.kind == "Ingress" else "a new pod does not start"
    if there is None:
        yield Problem(
            f"{needs} the {kind} `{name}`, which is not in the namespace",
            reference.name,
            help=f"create the {kind}, or correct the name",
            note=note,
            about=manifest.about,
        )
    elif key is not None and key.exists and not _has_key(there, key.string):
        yield Problem(
            f"{needs} the key `{key.string}` of the {kind} `{name}`, which has no such key",
            key,
            related=(Related(there.node["metadata"]["name"].span, f"this {kind}"),),
            help=f"add the key to the {kind}, or correct its name",
            note=note,
            about=manifest.about,
        )


def _has_key(holder: Manifest, key: str) -> bool:
    return any(key in holder.node[part].entries for part in ("data", "binaryData"))


def _unknown_class(cluster: Cluster, ingress: Manifest) -> Iterator[Problem]:
    name = ingress.node["spec"]["ingressClassName"]
    known = {each.name for each in cluster.ingress_classes}
    if name.exists and cluster.knows("IngressClass") and name.string not in known:
        there = f"there are {', '.join(sorted(known))}" if known else "there is none"
        yield Problem(
            f"Ingress `{ingress.name}` has the class `{name.string}`, which is not in the cluster",
            name,
            help=f"install its controller, or choose another class: {there}",
            note="nobody serves this Ingress",
            about=ingress.about,
        )


def _blocking_budget(budget: Manifest) -> Iterator[Problem]:
    status = budget.node["status"]
    allowed, expected = status["disruptionsAllowed"], status["expectedPods"].integer or 0
    if expected and allowed.integer == 0:
        yield Problem(
            f"PodDisruptionBudget `{budget.name}` allows no disruption right now",
            allowed,
            help="run more replicas than `minAvailable`, or find out which pods are not healthy",
            note="a drain of a node waits until it is allowed",
            about=budget.about,
        )


def _on_one_node(cluster: Cluster, workload: Workload) -> Iterator[Problem]:
    pods = [
        pod
        for pod in cluster.pods_of(workload)
        if pod.node["status"]["phase"].string == "Running" and pod.node["spec"]["nodeName"].exists
    ]
    nodes = {pod.node["spec"]["nodeName"].string for pod in pods}
    others = {node.name for node in cluster.nodes if not node.node["spec"]["unschedulable"].is_true}
    if len(pods) > 1 and len(nodes) == 1 and others - nodes:
        yield Problem(
            f"all {len(pods)} pods of {workload.kind} `{workload.name}` are on one node",
            pods[0].node["spec"]["nodeName"],
            help="spread them with `topologySpreadConstraints` over `kubernetes.io/hostname`",
            note="when the node goes, all sockets go at once",
            about=workload.about,
        )


@rule("CL605", "error")
def document_refused_by_the_cluster(answer: ServerAnswer, _settings: Settings) -> Iterator[Problem]:
    """The API server would not take a document, or warns about it.

    With `--dry-run-server` each document is sent to the API server with `dryRun=All` and
    `fieldValidation=Strict`: it checks the fields, runs its admission plugins and webhooks, and
    keeps nothing. What is there already is asked about as a change (server-side apply), which also
    finds fields that cannot be changed. What the server names is shown in the file; a warning of
    its own, such as for an old API version, is a warning here.

    Bad::

        Deployment notify: spec.replicas: -1
        422: spec.replicas: Invalid value: -1: must be greater than or equal to 0

    Good::

        Deployment notify: spec.replicas: 2
        201 Created (dry run)
    """
    named = f"{answer.manifest.kind} `{answer.manifest.name}`"
    for refusal in answer.refusals:
        yield Problem(
            f"the API server refuses {named}: {refusal.message}",
            refusal.span,
            help="correct the document as the API server says",
        )
    for warning in answer.warnings:
        yield Problem(
            f"the API server warns about {named}: {warning.message}",
            warning.span,
            help="follow the warning; a later version may refuse the document",
            severity=Severity.WARNING,
        )
