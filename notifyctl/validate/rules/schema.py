"""Rules about what Kubernetes and compose take at all: fields, types, and versions of the API."""

from collections.abc import Iterator

from notifyctl.validate.compose import Project
from notifyctl.validate.compose.consistency import consistency
from notifyctl.validate.finding import Edit, Fix, Problem, Severity
from notifyctl.validate.kubernetes import Manifest
from notifyctl.validate.rule import rule
from notifyctl.validate.schema import compose, kubernetes
from notifyctl.validate.schema.pack import target_minor
from notifyctl.validate.schema.removals import Removal, removal_of
from notifyctl.validate.settings import Settings


@rule("NV002", "error")
def manifest_against_the_schema(manifest: Manifest, settings: Settings) -> Iterator[Problem]:
    """A manifest has a field that Kubernetes does not know, or a value that it does not take.

    `kubectl apply` refuses it, or, with validation turned off, leaves the field out without a
    word: a probe that is misspelled is no probe. All fields of the kinds that people deploy are
    checked, for the version that `kubernetes_version` names, and all that is wrong is told.
    Custom resources are not checked: their schemas are in the cluster.

    The nearest elsewhere: `kubeconform -strict`, which stops at the first error.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notify:1.0
              livenessprobe: {tcpSocket: {port: 8001}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notify:1.0
              livenessProbe: {tcpSocket: {port: 8001}}
    """
    yield from kubernetes.problems_of(manifest.node, settings.kubernetes_version)


@rule("NV003", "error")
def compose_file_against_the_schema(project: Project, _settings: Settings) -> Iterator[Problem]:
    """A compose file has a key or a value that compose does not take, or a name that leads nowhere.

    `docker compose` refuses the whole file, and with it every command. Each file of a project is
    held against the compose specification. A value with a variable in it is taken as it is: what
    it will be, only the shell knows that starts it. What the files come to together must hold, too:
    no service waits for one that is not there, or in a circle, and every volume, network, secret
    and config that a service names is defined.

    The nearest elsewhere: `docker compose config`, which needs Docker and stops at the first error.

    Bad::

        # file: compose.yaml
        services:
          notify:
            image: notify:1.0
            healthcheck:
              test: [CMD, notifyctl, status]
              interval: 30

    Good::

        # file: compose.yaml
        services:
          notify:
            image: notify:1.0
            healthcheck:
              test: [CMD, notifyctl, status]
              interval: 30s
    """
    for document in project.documents:
        is_layer = document.source.name != project.files[0]
        yield from compose.problems_of(document, is_layer=is_layer)
    yield from consistency(project)


@rule("NV004", "error")
def removed_api_version(manifest: Manifest, settings: Settings) -> Iterator[Problem]:
    """A manifest names an `apiVersion` that Kubernetes does not serve any more, or soon will not.

    An API goes through a deprecation first, where it still works and this is a warning. From the
    version that removes it on, `kubectl apply` fails with "no matches for kind". Set
    `kubernetes_version` to what your cluster runs; the newest version is assumed.

    Nearest elsewhere: kube-score `stable-version`, kube-linter `no-extensions-v1beta`.

    Bad::

        apiVersion: policy/v1beta1
        kind: PodDisruptionBudget
        metadata: {name: notify}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: notify}}}

    Good::

        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: notify}
        spec: {maxUnavailable: 1, selector: {matchLabels: {app: notify}}}
    """
    removal = removal_of(manifest.api_version, manifest.kind)
    target = target_minor(settings.kubernetes_version)
    if removal is None or target < removal.deprecated:
        return
    is_gone = removal.removed is not None and removal.removed <= target
    what = f"`{manifest.kind}` of `{manifest.api_version}`"
    fix = _moving(manifest, removal, settings.kubernetes_version)
    yield Problem(
        f"{what} is not served by Kubernetes since 1.{removal.removed}"
        if is_gone
        else f"{what} is deprecated since Kubernetes 1.{removal.deprecated}",
        manifest.node["apiVersion"],
        help=_next_step(removal, fix),
        note="" if is_gone or removal.removed is None else f"1.{removal.removed} removes it",
        fix=fix,
        severity=None if is_gone else Severity.WARNING,
    )


def _next_step(removal: Removal, fix: Fix | None) -> str:
    if not removal.replacement:
        return "nothing takes its place under this name: see Kubernetes' deprecation guide"
    if fix:
        return f"use `{removal.replacement}`"
    return f"use `{removal.replacement}`; some of its fields differ, see the deprecation guide"


def _moving(manifest: Manifest, removal: Removal, version: str) -> Fix | None:
    """The new `apiVersion`, where that is all it takes."""
    node = manifest.node
    wrong = kubernetes.against(node, removal.replacement, manifest.kind, version)
    old = [problem for problem in wrong or () if problem.span != node["apiVersion"].span]
    # In `policy/v1` an empty selector is for all pods; before, it was for none.
    changed = manifest.kind == "PodDisruptionBudget" and not node["spec"]["selector"].entries
    if not removal.is_same or changed or old:
        return None
    span = node["apiVersion"].span
    return Fix(
        f"write `{removal.replacement}`",
        (Edit(span, span.text.replace(manifest.api_version, removal.replacement)),),
    )
