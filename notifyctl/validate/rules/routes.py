"""Rules about what stands between clients and their connections: Ingress, Gateway, HTTPRoute."""

import json
from collections.abc import Iterator
from typing import Any, Final

from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.kubernetes.ingress_controllers import (
    ALB,
    COMMUNITY_NGINX,
    F5_NGINX,
    GCE,
    Controller,
    Silence,
    class_of,
    controller_of,
    silence_of,
)
from notifyctl.validate.kubernetes.routes import Route, leads_to, routes_of, services_of
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

# What every quiet connection should outlive: phones wake up once an hour at least.
LONGEST_SILENCE_SECONDS: Final = 3600


@rule("K8323", "error")
def socket_route_that_times_out(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """The way to the WebSocket cuts connections that are silent, or old.

    Proxies are made for requests that end. Most cut a connection after 60 silent seconds, as
    ingress-nginx, NGINX and AWS do; GKE after 30 seconds, silent or not. Pings hide that until one
    comes late. HAProxy and Traefik wait for an hour or longer by themselves. With `timeouts` of an
    HTTPRoute gateways differ: some count the whole connection, others, as Envoy does today, only
    its handshake; so it is a warning.

    Where to say it: `nginx.ingress.kubernetes.io/proxy-read-timeout` and `-send-timeout`;
    `nginx.org/proxy-read-timeout` with `nginx.org/websocket-services`;
    `idle_timeout.timeout_seconds` among the `load-balancer-attributes` of AWS; `timeoutSec` of a
    BackendConfig on GKE. Where the controller's own ConfigMap or a snippet is among the files and
    says it, nothing is said here.

    Nearest elsewhere: nothing.

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
        controller = controller_of(manifest, manifests, settings)
        if manifest.kind == "HTTPRoute":
            yield from _limited_requests(routes)
        elif controller is GCE:
            yield from _short_backend(routes[0], manifests)
        elif controller is not None:
            yield from _short_silence(manifest, controller, manifests)
            if controller is F5_NGINX:
                known = [each for each in routes if services_of(each, manifests)]
                yield from _unknown_to_nginx(manifest, known)


def _limited_requests(routes: list[Route]) -> Iterator[Problem]:
    for entry in {id(route.entry): route.entry for route in routes}.values():
        for key in ("request", "backendRequest"):
            limit = entry["timeouts"][key]
            if seconds(limit.string):
                yield Problem(
                    f"the route to the WebSocket gives each request {limit.string}",
                    limit,
                    help=f"remove `timeouts.{key}`, or set it to `0s`",
                    note="to some gateways a WebSocket is one request, which they end then",
                    severity=Severity.WARNING,
                    about=routes[0].manifest.about,
                )


def _short_silence(
    ingress: Manifest, controller: Controller, manifests: ManifestSet
) -> Iterator[Problem]:
    silence = silence_of(ingress, controller, manifests)
    if silence is None:
        return
    if silence.seconds < LONGEST_SILENCE_SECONDS:
        yield _cut(ingress, controller, silence)
    elif controller is COMMUNITY_NGINX and not silence.is_default:
        name = "nginx.ingress.kubernetes.io/proxy-send-timeout"
        sending = ingress.node["metadata"]["annotations"][name]
        if not sending.exists:
            yield Problem(
                "ingress-nginx waits longer for what it reads than for what it writes",
                sending,
                help=f'set `{name}: "{LONGEST_SILENCE_SECONDS}"`, too',
                note="its manual asks for both where there are WebSockets",
                severity=Severity.WARNING,
                about=ingress.about,
            )


def _cut(ingress: Manifest, controller: Controller, silence: Silence) -> Problem:
    value = f'{controller.silence}: "{LONGEST_SILENCE_SECONDS}"'
    if controller is ALB:
        value = f"{controller.silence}: idle_timeout.timeout_seconds={LONGEST_SILENCE_SECONDS}"
    return Problem(
        f"{controller.name} cuts WebSockets that are silent for {silence.seconds:g} s",
        silence.node,
        help=f"set `{value}`",
        note="one ping that comes late is enough to lose the connection",
        about=ingress.about,
    )


def _unknown_to_nginx(ingress: Manifest, routes: list[Route]) -> Iterator[Problem]:
    listed = ingress.node["metadata"]["annotations"]["nginx.org/websocket-services"]
    known = {name.strip() for name in listed.string.split(",")}
    for name in dict.fromkeys(route.service.string for route in routes):
        if name not in known:
            yield Problem(
                f"NGINX does not know that Service `{name}` speaks WebSocket",
                listed,
                help=f'add `nginx.org/websocket-services: "{name}"`',
                note="without it the upgrade never reaches the service",
                about=ingress.about,
            )


def _short_backend(route: Route, manifests: ManifestSet) -> Iterator[Problem]:
    """GKE's limit is part of a BackendConfig, which an annotation of the Service names."""
    for service in services_of(route, manifests):
        name = _backend_config(service, route.port)
        config = manifests.find("BackendConfig", name, service.namespace) if name else None
        if name != "" and config is None:
            continue
        limit = config.node["spec"]["timeoutSec"] if config else service.node["metadata"]["name"]
        allowed = limit.integer if config and limit.exists else GCE.default_seconds
        if allowed is not None and allowed < LONGEST_SILENCE_SECONDS:
            yield Problem(
                f"GKE ends every connection to Service `{service.name}` after {allowed:g} s",
                limit,
                help=f"set `timeoutSec: {24 * LONGEST_SILENCE_SECONDS}` in a BackendConfig",
                note="the time is for the whole connection, whether it is silent or not",
                about=service.about,
            )


def _backend_config(service: Manifest, port: Node) -> str | None:
    """The BackendConfig of a Service's port; empty if it has none, None if that is not clear."""
    annotations = service.annotations
    text = annotations.get("cloud.google.com/backend-config") or annotations.get(
        "beta.cloud.google.com/backend-config", ""
    )
    if not text:
        return ""
    try:
        read: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(read, dict):
        return None
    ports = read.get("ports")
    own = ports.get(port.string) if isinstance(ports, dict) else None
    name = own or read.get("default")
    # One that is only for other ports may be for this one under its other name.
    return name if isinstance(name, str) and name else None


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
        elif not manifest.node["spec"]["tls"].exists and not _has_certificate(manifest):
            yield Problem(
                f"Ingress `{manifest.name}` brings clients to the service without TLS",
                manifest.node["spec"],
                help="add `tls` with a `secretName`",
                note="tokens can be read on the way",
                about=manifest.about,
            )


# What brings a certificate without being asked.
_SECURE_CLASSES: Final = frozenset({"cloudflare-tunnel", "ngrok", "tailscale"})
_CERTIFICATES: Final = ("certificate", "cert-arn", "router.tls", "ssl-cert", "pre-shared-cert")
_PASSED_ON: Final = "ssl-passthrough"


def _has_certificate(ingress: Manifest) -> bool:
    """Whether the class or an annotation brings the certificate, as clouds have it."""
    return class_of(ingress) in _SECURE_CLASSES or any(
        any(word in name for word in _CERTIFICATES)
        or (_PASSED_ON in name and value == "true")
        or ("listen-ports" in name and "HTTPS" in value)
        or ("entrypoints" in name and "secure" in value)
        for name, value in ingress.annotations.items()
    )


def _open_gateways(route: Manifest, manifests: ManifestSet) -> Iterator[Problem]:
    for parent in route.node["spec"]["parentRefs"].items:
        if parent["kind"].text not in (None, "Gateway"):
            continue
        namespace = parent["namespace"].text or route.namespace
        gateway = manifests.find("Gateway", parent["name"].string, namespace, route.source)
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
