"""Rules about what a workload names and others must bring: ConfigMaps, Secrets, claims, accounts,
and the proxy before it."""

from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.finding import Named, Problem, Related, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.manifest_set import near_to
from notifyctl.validate.proxies import SocketLocation, socket_locations
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node
from notifyctl.validate.workspace import Workspace


class Reference(msgspec.Struct, frozen=True):
    """A workload's mention of another object; `key` is missing if it takes all of it."""

    kind: str
    name: Node
    key: Node | None
    optional: bool


@rule("XF410", "error")
def dangling_reference(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A workload names a ConfigMap, key, Secret, claim or account that is not among the files; or
    the proxy before it does not pass WebSockets on.

    The pod waits in `CreateContainerConfigError` or `Pending`, and the rollout with it. A key that
    is not in its ConfigMap is always an error. An object that is not there is a warning, because
    somebody may have made it by hand; only within a kustomization, or where a similar name shows a
    slip. Secrets are expected to come from elsewhere. With `external_references = false` all of
    this is an error everywhere, Secrets included.

    nginx passes an upgrade on only if its location says so: `proxy_http_version 1.1`, and the
    headers `Upgrade` and `Connection`.

    Nearest elsewhere: kube-linter `env-value-from`; popeye on a live cluster; nothing for nginx.

    Bad::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: notify}
        data: {level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notify:1
              env:
                - name: LOG_LEVEL
                  valueFrom: {configMapKeyRef: {name: notify, key: log-level}}

    Good::

        apiVersion: v1
        kind: ConfigMap
        metadata: {name: notify}
        data: {log-level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notify:1
              env:
                - name: LOG_LEVEL
                  valueFrom: {configMapKeyRef: {name: notify, key: log-level}}
    """
    for manifests in workspace.sets:
        for workload in manifests.workloads:
            for reference in references_of(workload):
                yield from _dangling(reference, workload, manifests, settings)
    for location in socket_locations(workspace, settings):
        yield from _cut_upgrade(location)


def references_of(workload: Workload) -> Iterator[Reference]:
    """Everything that the pods of a workload need."""
    pod = workload.pod
    account = pod["serviceAccountName"]
    if account.text not in (None, "default"):
        yield Reference("ServiceAccount", account, None, optional=False)
    for volume in pod["volumes"].items:
        for kind, each in (("ConfigMap", volume["configMap"]), ("Secret", volume["secret"])):
            name = each["name"] or each["secretName"]
            keys: list[Node | None] = [item["key"] for item in each["items"].items]
            for key in keys or [None]:
                yield Reference(kind, name, key, each["optional"].is_true)
        claim = volume["persistentVolumeClaim"]["claimName"]
        yield Reference("PersistentVolumeClaim", claim, None, optional=False)
    for container in (*workload.containers, *workload.init_containers):
        yield from _of_environment(container.node)


def _of_environment(container: Node) -> Iterator[Reference]:
    for item in container["env"].items:
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            each = item["valueFrom"][key]
            yield Reference(kind, each["name"], each["key"], each["optional"].is_true)
    for item in container["envFrom"].items:
        for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            each = item[key]
            yield Reference(kind, each["name"], None, each["optional"].is_true)


def _dangling(
    reference: Reference, workload: Workload, manifests: ManifestSet, settings: Settings
) -> Iterator[Problem]:
    name = reference.name.text
    if name is None or reference.optional or "$" in name:
        return
    found = manifests.find(reference.kind, name, workload.namespace)
    if found is not None:
        if reference.key is not None and reference.key.text is not None:
            yield from _missing_key(reference.key, found, workload)
        return
    if manifests.incomplete or _may_be_elsewhere(reference, manifests, settings):
        return
    around = (
        manifests.manifests
        if manifests.is_rendered
        else near_to(workload.source, manifests.manifests)
    )
    known = [each.name for each in around if each.is_a(reference.kind)]
    guess = closest(name, known)
    if manifests.is_rendered or guess or not settings.external_references:
        yield Problem(
            f"{workload.kind} `{workload.name}` needs {reference.kind} `{name}`, "
            "which is not among the files",
            reference.name,
            help=f"did you mean `{guess}`?" if guess else "add it, or make sure that it is there",
            note="the pods do not start without it",
            severity=Severity.WARNING if settings.external_references else None,
            about=workload.about,
        )


def _may_be_elsewhere(reference: Reference, manifests: ManifestSet, settings: Settings) -> bool:
    """Whether the object is one that files usually do not hold, or that something here makes."""
    if not settings.external_references:
        return False
    makers = {
        "SealedSecret",
        "ExternalSecret",
        "Certificate",
        "OnePasswordItem",
        "VaultStaticSecret",
    }
    return reference.kind == "Secret" or any(each.kind in makers for each in manifests.manifests)


def _missing_key(key: Node, found: Manifest, workload: Workload) -> Iterator[Problem]:
    parts = (found.node["data"], found.node["binaryData"], found.node["stringData"])
    keys = {name: entry.key for part in parts for name, entry in part.entries.items()}
    if found.has_unknown_keys or key.string in keys:
        return
    guess = closest(key.string, keys)
    yield Problem(
        f"{found.kind} `{found.name}` has no key `{key.string}`",
        key,
        related=tuple(Related(each.span, "has this one") for each in list(keys.values())[:3]),
        help=f"did you mean `{guess}`?" if guess else "",
        note="the pods do not start without it",
        about=workload.about,
    )


_UPGRADE: Final = ("upgrade", "connection")


def _cut_upgrade(location: SocketLocation) -> Iterator[Problem]:
    proxied = location.proxied
    headers = proxied.headers()
    version = proxied.inherited("proxy_http_version")
    missing = [
        f"proxy_set_header {name.capitalize()}" for name in _UPGRADE if not headers.get(name)
    ]
    if version is None or version.words[-1] != "1.1":
        missing.insert(0, "proxy_http_version 1.1")
    if missing:
        span = proxied.location.span
        head = span.source.span(span.start, span.start + len("location"))
        yield Problem(
            f"the location `{proxied.path}` of nginx does not pass WebSockets on",
            head,
            help="add " + ", ".join(f"`{each}`" for each in missing),
            note="nginx removes the upgrade, and the service answers 426",
            about=Named("service", location.proxy.name),
        )
