"""Rules about what a workload names and others must bring: ConfigMaps, Secrets, claims, accounts,
and the proxy before it."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose import Service
from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet, Workload
from notifyctl.validate.kubernetes.references import Reference, references_of
from notifyctl.validate.proxies import SocketLocation, socket_locations
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node
from notifyctl.validate.workspace import Workspace

# What makes a Secret or a ConfigMap that no file holds.
_MAKERS: Final = frozenset(
    {"Certificate", "ExternalSecret", "OnePasswordItem", "SealedSecret", "VaultStaticSecret"}
)


@rule("XF410", "error")
def dangling_reference(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """A workload names a ConfigMap, key, Secret, claim or account that is not among the files; or
    the proxy before it does not pass WebSockets on.

    The pod waits in `CreateContainerConfigError` or `Pending`, and the rollout with it. A key that
    is not in its ConfigMap is always an error, and so is a mount of a volume that the pod does not
    have: the API server refuses it. An object that is not there is a warning, because
    somebody may have made it by hand; only within a kustomization, or where a similar name shows a
    slip. Secrets are expected to come from elsewhere. With `external_references = false` all of
    this is an error everywhere, Secrets included.

    nginx passes an upgrade on only if its location says so: with the headers `Upgrade` and
    `Connection`, and before version 1.29.7 with `proxy_http_version 1.1`.

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
            if not manifests.incomplete:
                yield from _mounts_of_nothing(workload)
    for location in socket_locations(workspace, settings):
        yield from _cut_upgrade(location)


def _dangling(
    reference: Reference, workload: Workload, manifests: ManifestSet, settings: Settings
) -> Iterator[Problem]:
    name = reference.name.text
    if name is None or reference.optional or "$" in name:
        return
    found = manifests.named(reference.kind, name, workload.namespace, workload.source)
    if found:
        # Of several that may be meant, one with the key is enough.
        key = reference.key
        if key is not None and key.exists and not any(_has_key(each, key) for each in found):
            yield _missing_key(key, found[0], workload)
        return
    if manifests.incomplete or _may_be_elsewhere(reference, manifests, settings):
        return
    around = manifests.beside(workload.source)
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
    return reference.kind == "Secret" or any(each.kind in _MAKERS for each in manifests.manifests)


def _has_key(found: Manifest, key: Node) -> bool:
    return found.has_unknown_keys or "$" in key.string or key.string in _keys_of(found)


def _keys_of(found: Manifest) -> dict[str, Node]:
    parts = (found.node["data"], found.node["binaryData"], found.node["stringData"])
    return {name: entry.key for part in parts for name, entry in part.entries.items()}


def _missing_key(key: Node, found: Manifest, workload: Workload) -> Problem:
    keys = _keys_of(found)
    guess = closest(key.string, keys)
    return Problem(
        f"{found.kind} `{found.name}` has no key `{key.string}`",
        key,
        related=tuple(Related(each.span, "has this one") for each in list(keys.values())[:3]),
        help=f"did you mean `{guess}`?" if guess else "add the key, or name another",
        note="the pods do not start without it",
        about=workload.about,
    )


def _mounts_of_nothing(workload: Workload) -> Iterator[Problem]:
    claims = workload.node["spec"]["volumeClaimTemplates"].items
    names = [each["name"].string for each in workload.pod["volumes"].items]
    names += [each["metadata"]["name"].string for each in claims]
    for container in workload.every_container:
        # Without an image it is a patch, and the volume is in what it is laid over.
        mounts = container.node["volumeMounts"].items if container.image else ()
        for name in (mount["name"] for mount in mounts):
            if name.text is None or name.text in names or "$" in name.text:
                continue
            guess = closest(name.text, names)
            yield Problem(
                f"container `{container.name}` mounts the volume `{name.text}`, "
                f"which {workload.kind} `{workload.name}` does not have",
                name,
                help=f"did you mean `{guess}`?" if guess else "add it to `volumes`",
                note="the API server refuses it",
                about=container.about,
            )


_UPGRADE: Final = ("upgrade", "connection")
# From this version on, nginx speaks HTTP/1.1 with whom it proxies unless it is told otherwise.
_SPEAKS_HTTP_1_1: Final = (1, 29, 7)
_TAG: Final = re.compile(r"(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?(?:-|$)")


def _cut_upgrade(location: SocketLocation) -> Iterator[Problem]:
    proxied = location.proxied
    headers = proxied.headers()
    version = proxied.inherited("proxy_http_version")
    missing = []
    if version is not None and version.words[-1] == "1.0":
        missing.append("proxy_http_version 1.1")
    if location.is_whole:
        if version is None and _is_old(location.proxy):
            missing.append("proxy_http_version 1.1")
        missing += [
            f"proxy_set_header {name.capitalize()}"
            for name in _UPGRADE
            if headers.get(name, "").lower() in ("", "close")
        ]
    if missing:
        yield Problem(
            f"the location `{proxied.path}` of nginx does not pass WebSockets on",
            proxied.head,
            help="add " + ", ".join(f"`{each}`" for each in missing),
            note="nginx removes the upgrade, and the service answers 426",
            about=location.proxy.about,
        )


def _is_old(proxy: Service) -> bool:
    """Whether the version of nginx is known, and speaks HTTP/1.0 by itself."""
    image = proxy.image_parts
    tag = _TAG.match(image.tag) if image and image.name == "nginx" else None
    if tag is None:
        return False
    # `1.29` may be any of its versions; the newest of them is not old.
    major, minor, patch = int(tag[1]), int(tag[2]), int(tag[3]) if tag[3] else 99
    return (major, minor, patch) < _SPEAKS_HTTP_1_1
