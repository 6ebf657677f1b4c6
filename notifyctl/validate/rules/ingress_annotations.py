"""Rules about the annotations of an Ingress, which only the controller they are for reads."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Edit, Fix, Named, Problem, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.kubernetes.ingress_controllers import (
    ALB,
    COMMUNITY_NGINX,
    CONTROLLERS,
    F5_NGINX,
    HAPROXY,
    HAPROXY_INGRESS,
    Controller,
    class_of,
    controller_of,
    idle_seconds,
    served_by,
)
from notifyctl.validate.kubernetes.routes import routes_of
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node, Scalar

LONGEST_CONNECT_SECONDS: Final = 75
LONGEST_ALB_SECONDS: Final = 4000

_CONNECT: Final = "proxy-connect-timeout"
_NGINX_TIMES: Final = frozenset({_CONNECT, "proxy-read-timeout", "proxy-send-timeout"})
_HAPROXY_FOR_ALL: Final = frozenset(
    f"timeout-{each}"
    for each in (
        "client",
        "client-fin",
        "connect",
        "http-keep-alive",
        "http-request",
        "queue",
        "server-fin",
        "tunnel",
    )
)
_WHOLE: Final = re.compile(r"[0-9]{1,12}")
_WITH_UNIT: Final = re.compile(r"[0-9]+(?:us|ms|s|m|h|d)")
_FEW_MILLISECONDS: Final = 5000
_EXPRESSION: Final = re.compile(r"\(|\[|\.\*|\.\+|\\|\$|\^|\|")
_USE_REGEX: Final = "nginx.ingress.kubernetes.io/use-regex"
_REWRITE: Final = "nginx.ingress.kubernetes.io/rewrite-target"


@rule("K8324", "error")
def useless_ingress_annotation(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """An annotation of an Ingress does not do what its author thinks.

    Annotations are not checked by Kubernetes. A time in the wrong unit, or for another controller,
    is ignored without a word, and the default holds. Times of ingress-nginx are numbers of seconds
    without a unit; HAProxy Ingress takes only a number with one; the controller of HAProxy itself
    counts a bare number in milliseconds, and takes most times from its ConfigMap alone. All values
    are strings: a number needs quotes.

    A path that is an expression counts as one in ingress-nginx only with `use-regex` or
    `rewrite-target` on an Ingress of the same host.

    Nearest elsewhere: nothing.

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: notify
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: 3600s}
        spec:
          defaultBackend: {service: {name: notify, port: {number: 8000}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: notify
          annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"}
        spec:
          defaultBackend: {service: {name: notify, port: {number: 8000}}}
    """
    for ingress in manifests.of_kind("Ingress"):
        entries = ingress.node["metadata"]["annotations"].entries
        for name, entry in entries.items():
            controller = next((each for each in CONTROLLERS if each.reads(name)), None)
            value = entry.value
            if controller is None or not isinstance(value, Scalar) or "$" in value.raw:
                continue
            if value.exists and (not isinstance(value.value, str) or value.is_old_boolean):
                yield _not_quoted(name, value, ingress)
                continue
            unread = _unread(name, value, controller, ingress.about)
            wrong = unread or _of_another(name, entry.key, controller, ingress, manifests)
            if wrong:
                yield wrong
        yield from _plain_paths(ingress, manifests, settings)


def _not_quoted(name: str, value: Scalar, ingress: Manifest) -> Problem:
    return Problem(
        f"the value of `{name}` is a number or boolean, and must be a string",
        value,
        help=f'write it in quotes: `"{value.raw}"`',
        note="the API server refuses the whole object",
        fix=Fix("quote the value", (Edit(value.span, f'"{value.raw}"'),)),
        about=ingress.about,
    )


def _unread(name: str, value: Scalar, controller: Controller, about: Named) -> Problem | None:
    """What is wrong with a time that its own controller does not read as it is meant."""
    key, text = name.rpartition("/")[2], value.raw.strip()
    if controller in (COMMUNITY_NGINX, F5_NGINX) and key in _NGINX_TIMES:
        return _unread_by_nginx(name, value, controller, about)
    if controller is HAPROXY_INGRESS and key.startswith("timeout-"):
        return None if _WITH_UNIT.fullmatch(text) else _without_unit(name, value, about)
    if controller is HAPROXY and key in _HAPROXY_FOR_ALL:
        return Problem(
            f"`{name}` does nothing on an Ingress: HAProxy reads it from its ConfigMap only",
            value,
            help="set it there, or for one service in `haproxy.org/backend-config-snippet`",
            severity=Severity.WARNING,
            about=about,
        )
    if controller is HAPROXY and key == "timeout-server" and _is_meant_in_seconds(text):
        return Problem(
            f"`{name}` without a unit counts milliseconds",
            value,
            help=f'write `"{text}s"`',
            severity=Severity.WARNING,
            about=about,
        )
    silence = idle_seconds(text, ALB) if controller is ALB else None
    if silence is not None and not 1 <= silence <= LONGEST_ALB_SECONDS:
        return Problem(
            f"AWS takes an idle timeout of 1 to {LONGEST_ALB_SECONDS} s",
            value,
            help="write `idle_timeout.timeout_seconds=3600`",
            note="the load balancer keeps what it had",
            about=about,
        )
    return None


def _unread_by_nginx(
    name: str, value: Scalar, controller: Controller, about: Named
) -> Problem | None:
    time = seconds(value.raw.replace(" ", ""), bare=1)
    if controller is COMMUNITY_NGINX and not _WHOLE.fullmatch(value.raw):
        whole = f' as `"{time:g}"`' if time else ""
        return Problem(
            f"`{name}` takes a number of seconds without a unit",
            value,
            help=f"write the seconds{whole}, in quotes",
            note="the controller ignores what it cannot read, and its default holds",
            about=about,
        )
    if name.endswith(_CONNECT) and time is not None and time > LONGEST_CONNECT_SECONDS:
        return Problem(
            f"`{name}` cannot be longer than {LONGEST_CONNECT_SECONDS} s",
            value,
            help="use that or less; how long a connection may be silent is `proxy-read-timeout`",
            severity=Severity.WARNING,
            about=about,
        )
    return None


def _without_unit(name: str, value: Scalar, about: Named) -> Problem:
    example = f"{value.raw.strip()}s" if _WHOLE.fullmatch(value.raw.strip()) else "3600s"
    return Problem(
        f"`{name}` takes a number with one unit",
        value,
        help=f'write it as in `"{example}"`',
        note="the controller ignores what it cannot read, and its default holds",
        about=about,
    )


def _is_meant_in_seconds(text: str) -> bool:
    """Whether a bare number of milliseconds is so small that seconds must be meant."""
    return bool(_WHOLE.fullmatch(text)) and int(text) < _FEW_MILLISECONDS


def _of_another(
    name: str, key: Node, controller: Controller, ingress: Manifest, manifests: ManifestSet
) -> Problem | None:
    """What is wrong with a time that is for a controller which does not serve the Ingress."""
    serving = served_by(ingress, manifests)
    own_says_it = any(each.silence in ingress.annotations for each in serving)
    if name != controller.silence or not serving or controller in serving or own_says_it:
        return None
    names = " or ".join(each.name for each in serving)
    return Problem(
        f"`{name}` is for {controller.name}, but class `{class_of(ingress)}` is served by {names}",
        key,
        help=f"use the annotations of {serving[0].name}, or another class",
        note="no other controller reads it",
        about=ingress.about,
    )


def _plain_paths(
    ingress: Manifest, manifests: ManifestSet, settings: Settings
) -> Iterator[Problem]:
    """Regular expressions where ingress-nginx looks for plain text."""
    if controller_of(ingress, manifests, settings) is not COMMUNITY_NGINX:
        return
    hosts = _hosts_of(ingress)
    if any(_takes_expressions(each) and hosts & _hosts_of(each) for each in manifests.manifests):
        return
    for route in routes_of(ingress):
        path = route.path_text
        is_plain = route.path_type in ("Prefix", "Exact") and "${" not in path and "$(" not in path
        if is_plain and _EXPRESSION.search(path):
            yield Problem(
                f"the path `{path}` is taken as plain text, not as an expression",
                route.path,
                help="use `pathType: ImplementationSpecific` and "
                f'`{_USE_REGEX}: "true"`, or a plain path',
                about=ingress.about,
            )


def _takes_expressions(manifest: Manifest) -> bool:
    annotations = manifest.annotations
    return annotations.get(_USE_REGEX) == "true" or _REWRITE in annotations


def _hosts_of(ingress: Manifest) -> set[str]:
    return {rule["host"].string for rule in ingress.node["spec"]["rules"].items}
