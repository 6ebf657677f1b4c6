"""Rules about what stands between clients and their connections: Ingress, Gateway, HTTPRoute."""

import re
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose.durations import seconds as in_seconds
from notifyctl.validate.finding import Edit, Fix, Problem, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.kubernetes.ingress_controllers import (
    ALB,
    BY_CLASS,
    COMMUNITY_NGINX,
    CONTROLLERS,
    F5_NGINX,
    GCE,
    Controller,
    class_of,
    controller_of,
)
from notifyctl.validate.kubernetes.routes import Route, leads_to, routes_of, service_of
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node, Scalar

# What every quiet connection should outlive: phones wake up once an hour at least.
LONGEST_SILENCE_SECONDS: Final = 3600


@rule("K8323", "error")
def socket_route_that_times_out(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """The way to the WebSocket cuts connections that are silent, or old.

    Proxies are made for requests that end. Most cut a connection after 60 silent seconds (ingress-
    nginx, NGINX, AWS), some after 30 seconds whether silent or not (GKE's `timeoutSec`, `timeouts`
    of an HTTPRoute). Clients then reconnect for ever, and nobody sees why. HAProxy and Traefik
    wait for an hour or longer by themselves.

    Where to say it: `nginx.ingress.kubernetes.io/proxy-read-timeout` and `-send-timeout`;
    `nginx.org/proxy-read-timeout` with `nginx.org/websocket-services`; `idle_timeout.timeout_seconds`
    among the `load-balancer-attributes` of AWS; `timeoutSec` of a BackendConfig on GKE.

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: notify}
        spec:
          ingressClassName: nginx
          tls: [{hosts: [notify.example.com], secretName: notify-tls}]
          rules:
            - host: notify.example.com
              http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: notify
          annotations:
            nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
            nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
        spec:
          ingressClassName: nginx
          tls: [{hosts: [notify.example.com], secretName: notify-tls}]
          rules:
            - host: notify.example.com
              http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}
    """
    for manifest in manifests.manifests:
        routes = [
            each
            for each in routes_of(manifest)
            if leads_to(each, manifests, settings) == settings.ws_port
        ]
        if not routes:
            continue
        if manifest.kind == "HTTPRoute":
            yield from _limited_requests(routes)
        else:
            yield from _short_silences(manifest, routes[0], manifests, settings)


def _limited_requests(routes: list[Route]) -> Iterator[Problem]:
    for entry in {id(route.entry): route.entry for route in routes}.values():
        limit = entry["timeouts"]["request"]
        if limit.exists and idle_seconds(limit.string) != 0:
            yield Problem(
                f"the route to the WebSocket ends every connection after {limit.string}",
                limit,
                help="remove `timeouts.request`; to a proxy a WebSocket is one long request",
                about=routes[0].manifest.about,
            )


def _short_silences(
    ingress: Manifest, route: Route, manifests: ManifestSet, settings: Settings
) -> Iterator[Problem]:
    controller = controller_of(ingress, settings)
    if controller is None or controller.default_seconds is None:
        return
    annotations = ingress.node["metadata"]["annotations"]
    if controller is GCE:
        yield from _short_backend(ingress, route, manifests)
        return
    for name in controller.timeouts:
        seconds = idle_seconds_of(annotations[name], controller)
        if seconds is None and annotations[name].exists:
            continue  # What it says cannot be read: K8324 tells that.
        if (seconds or controller.default_seconds) < LONGEST_SILENCE_SECONDS:
            yield _silence(ingress, name, annotations[name], seconds, controller)
            break
    services = annotations["nginx.org/websocket-services"]
    if controller is F5_NGINX and route.service.string not in services.string.split(","):
        yield Problem(
            f"NGINX does not know that Service `{route.service.string}` speaks WebSocket",
            services,
            help=f'add `nginx.org/websocket-services: "{route.service.string}"`',
            note="without it the upgrade never reaches the service",
            about=ingress.about,
        )


def _silence(
    ingress: Manifest, name: str, annotation: Node, seconds: float | None, controller: Controller
) -> Problem:
    cut = controller.default_seconds if seconds is None else seconds
    value = f'{name}: "{LONGEST_SILENCE_SECONDS}"'
    if controller is ALB:
        value = f"{name}: idle_timeout.timeout_seconds={LONGEST_SILENCE_SECONDS}"
    return Problem(
        f"{controller.name} cuts WebSockets that are silent for {cut:g} s",
        annotation if annotation.exists else ingress.node["metadata"]["annotations"],
        help=f"set `{value}`",
        note="each cut connection comes back at once, all day long",
        about=ingress.about,
    )


def _short_backend(ingress: Manifest, route: Route, manifests: ManifestSet) -> Iterator[Problem]:
    """GKE's limit is part of a BackendConfig, which an annotation of the Service names."""
    service = service_of(route, manifests)
    if service is None:
        return
    named = re.findall(
        r'"([^"{}:,]+)"\s*}', service.annotations.get("cloud.google.com/backend-config", "")
    )
    config = next(
        (
            found
            for each in named
            if (found := manifests.find("BackendConfig", each, service.namespace))
        ),
        None,
    )
    if named and config is None:
        return
    limit = (config or ingress).node["spec"]["timeoutSec"]
    if (limit.integer or GCE.default_seconds or 0) < LONGEST_SILENCE_SECONDS:
        yield Problem(
            f"GKE ends every connection to Service `{service.name}` after "
            f"{limit.integer or GCE.default_seconds:g} s",
            limit if limit.exists else service.node["metadata"]["name"],
            help=f"set `timeoutSec: {24 * LONGEST_SILENCE_SECONDS}` in a BackendConfig",
            about=service.about,
        )


def idle_seconds_of(annotation: Node, controller: Controller) -> float | None:
    """How long a connection may be silent, as an annotation says it; None if it does not."""
    text = annotation.string
    if controller is ALB:
        match = re.search(r"idle_timeout\.timeout_seconds\s*=\s*(\d+)", text)
        return float(match[1]) if match else None
    return idle_seconds(text, controller.seconds_per_unit or 1)


def idle_seconds(text: str, seconds_per_unit: float = 1) -> float | None:
    """A time as proxies write it, in seconds; a bare number counts what it counts for this one."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return int(text) * seconds_per_unit
    return in_seconds(text)


@rule("K8324", "error")
def useless_ingress_annotation(manifest: Manifest, settings: Settings) -> Iterator[Problem]:
    """An annotation of an Ingress does not do what its author thinks.

    Annotations are not checked by Kubernetes. A time in the wrong unit, or for another controller,
    is ignored without a word, and the default holds. Times of ingress-nginx are numbers of seconds
    without a unit; HAProxy reads a bare number as milliseconds. All values are strings: a number
    needs quotes.

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
    if not manifest.is_a("Ingress"):
        return
    annotations = manifest.node["metadata"]["annotations"]
    for name, entry in annotations.entries.items():
        controller = next((each for each in CONTROLLERS if name.startswith(each.prefix)), None)
        if controller is not None and isinstance(entry.value, Scalar):
            yield from _wrong_value(name, entry.value, controller)
            yield from _wrong_controller(name, entry.key, controller, manifest)
    yield from _paths_that_are_no_prefix(manifest, settings)


def _wrong_value(name: str, value: Scalar, controller: Controller) -> Iterator[Problem]:
    if value.exists and not isinstance(value.value, str):
        yield Problem(
            f"the value of `{name}` is a number or boolean, and must be a string",
            value,
            help=f'write it in quotes: `"{value.raw}"`',
            note="the API server refuses the whole object",
            fix=Fix("quote the value", (Edit(value.span, f'"{value.raw}"'),)),
        )
        return
    if name not in controller.timeouts and not name.endswith("/proxy-connect-timeout"):
        return
    seconds = idle_seconds(value.raw, 1)
    bare = value.raw.strip().isdigit()
    if controller is COMMUNITY_NGINX and not bare:
        whole = f" as `{seconds:g}`" if seconds else ""
        yield Problem(
            f"`{name}` takes a number of seconds without a unit",
            value,
            help=f"write the seconds{whole}, in quotes",
            note="the controller ignores what it cannot read, and its default of 60 s holds",
        )
    elif controller.seconds_per_unit == 0.001 and bare and int(value.raw) < 1_000_000:
        yield Problem(
            f"`{name}` without a unit counts milliseconds",
            value,
            help=f'write `"{value.raw}s"`',
        )
    elif name.endswith("/proxy-connect-timeout") and seconds is not None and seconds > 75:
        yield Problem(
            f"`{name}` cannot be longer than 75 s",
            value,
            help="use 75 or less; how long a connection may be silent is `proxy-read-timeout`",
            severity=Severity.WARNING,
        )


def _wrong_controller(
    name: str, key: Node, controller: Controller, ingress: Manifest
) -> Iterator[Problem]:
    served_by = BY_CLASS.get(class_of(ingress))
    if served_by is not None and served_by is not controller and name in controller.timeouts:
        yield Problem(
            f"`{name}` is for {controller.name}, but class `{class_of(ingress)}` is "
            f"served by {served_by.name}",
            key,
            help=f"use the annotations of {served_by.name}, or another class",
        )


_EXPRESSION: Final = re.compile(r"\(|\[|\.\*|\.\+|\\|\$|\^|\|")


def _paths_that_are_no_prefix(ingress: Manifest, settings: Settings) -> Iterator[Problem]:
    """Regular expressions where ingress-nginx looks for plain text."""
    if controller_of(ingress, settings) is not COMMUNITY_NGINX:
        return
    annotations = ingress.annotations
    prefix = COMMUNITY_NGINX.prefix
    if annotations.get(f"{prefix}use-regex") == "true" or f"{prefix}rewrite-target" in annotations:
        return
    for route in routes_of(ingress):
        if route.path_type in ("Prefix", "Exact") and _EXPRESSION.search(route.path_text):
            yield Problem(
                f"the path `{route.path_text}` is taken as plain text, not as an expression",
                route.path,
                help="use `pathType: ImplementationSpecific` and "
                f'`{prefix}use-regex: "true"`, or a plain path',
            )


@rule("K8325", "warning", only="production")
def route_without_tls(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """An Ingress or a Gateway brings clients to the service without TLS.

    Tokens travel in the first frame and in headers: whoever listens on the way can use them.

    Nearest elsewhere: polaris `tlsSettingsMissing`.

    Bad::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: notify}
        spec:
          rules:
            - http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}

    Good::

        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: notify}
        spec:
          tls: [{hosts: [notify.example.com], secretName: notify-tls}]
          rules:
            - host: notify.example.com
              http:
                paths:
                  - path: /ws
                    pathType: Prefix
                    backend: {service: {name: notify, port: {number: 8001}}}
    """
    for manifest in manifests.manifests:
        if not any(leads_to(each, manifests, settings) for each in routes_of(manifest)):
            continue
        if manifest.kind == "HTTPRoute":
            yield from _open_gateways(manifest, manifests)
        elif not manifest.node["spec"]["tls"].items and not _has_certificate(manifest):
            yield Problem(
                f"Ingress `{manifest.name}` brings clients to the service without TLS",
                manifest.node["spec"],
                help="add `tls` with a `secretName`",
                note="tokens can be read on the way",
                about=manifest.about,
            )


def _has_certificate(ingress: Manifest) -> bool:
    """Whether an annotation brings the certificate, as clouds have it."""
    words = ("certificate", "cert-arn", "router.tls", "ssl-cert", "pre-shared-cert")
    return any(word in name for name in ingress.annotations for word in words) or any(
        "HTTPS" in value for name, value in ingress.annotations.items() if "listen-ports" in name
    )


def _open_gateways(route: Manifest, manifests: ManifestSet) -> Iterator[Problem]:
    for parent in route.node["spec"]["parentRefs"].items:
        namespace = parent["namespace"].text or route.namespace
        gateway = manifests.find("Gateway", parent["name"].string, namespace)
        if gateway is None:
            continue
        section = parent["sectionName"].text
        listeners = [
            each
            for each in gateway.node["spec"]["listeners"].items
            if section is None or each["name"].text == section
        ]
        if listeners and not any(each["protocol"].text in ("HTTPS", "TLS") for each in listeners):
            yield Problem(
                f"Gateway `{gateway.name}` brings clients to the service without TLS",
                listeners[0]["protocol"],
                help="add a listener with `protocol: HTTPS` and its certificate",
                note="tokens can be read on the way",
                about=gateway.about,
            )
