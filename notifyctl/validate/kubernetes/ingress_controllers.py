"""What is known of the controllers that stand between clients and a WebSocket.

Each reads its own annotations, and cuts a connection that is silent for longer than its own
default. The sources are the controllers' manuals, and where those are silent their code.
"""

import re
from typing import Final

import msgspec

from notifyctl.validate.durations import seconds
from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.kubernetes.manifest_set import ManifestSet
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node


class Controller(msgspec.Struct, frozen=True):
    """One controller. Times are seconds.

    Its annotations begin with one of the `prefixes`. `silence` is the annotation that says how long
    a connection may be silent, if an Ingress can say that; `default_seconds` is how long it may
    without it, None for as long as it likes. `for_all` is how a ConfigMap of the controller, or a
    snippet of its configuration, says the same.
    """

    name: str
    prefixes: tuple[str, ...]
    silence: str
    default_seconds: float | None
    for_all: tuple[str, ...] = ()

    def reads(self, annotation: str) -> bool:
        """Whether an annotation is one of its own."""
        return annotation.startswith(self.prefixes)


COMMUNITY_NGINX: Final = Controller(
    "ingress-nginx",
    ("nginx.ingress.kubernetes.io/",),
    "nginx.ingress.kubernetes.io/proxy-read-timeout",
    60,
    ("proxy-read-timeout", "proxy_read_timeout"),
)
F5_NGINX: Final = Controller(
    "NGINX Ingress Controller (F5)",
    ("nginx.org/", "nginx.com/"),
    "nginx.org/proxy-read-timeout",
    60,
    ("proxy-read-timeout", "proxy_read_timeout"),
)
# Reads its times for connections from its ConfigMap only, whatever an Ingress says.
HAPROXY: Final = Controller("HAProxy", ("haproxy.org/", "haproxy.com/"), "", 3600)
HAPROXY_INGRESS: Final = Controller(
    "HAProxy Ingress",
    ("haproxy-ingress.github.io/",),
    "haproxy-ingress.github.io/timeout-tunnel",
    3600,
    ("timeout-tunnel", "timeout tunnel"),
)
ALB: Final = Controller(
    "AWS Load Balancer Controller",
    ("alb.ingress.kubernetes.io/",),
    "alb.ingress.kubernetes.io/load-balancer-attributes",
    60,
)
TRAEFIK: Final = Controller("Traefik", ("traefik.ingress.kubernetes.io/",), "", None)
# Its limit is for how long a connection may last, silent or not, and stands in a BackendConfig.
GCE: Final = Controller("GKE", ("networking.gke.io/",), "", 30)

CONTROLLERS: Final = (COMMUNITY_NGINX, F5_NGINX, HAPROXY, HAPROXY_INGRESS, ALB, TRAEFIK, GCE)
# What classes of these names are served by, the most usual first.
BY_CLASS: Final = {
    "alb": (ALB,),
    "gce": (GCE,),
    "gce-internal": (GCE,),
    "haproxy": (HAPROXY, HAPROXY_INGRESS),
    "nginx": (COMMUNITY_NGINX, F5_NGINX),
    "traefik": (TRAEFIK,),
}
# As an IngressClass names them.
_BY_NAME: Final = {
    "haproxy-ingress.github.io/controller": (HAPROXY_INGRESS,),
    "haproxy.org/ingress-controller/haproxy": (HAPROXY,),
    "ingress.k8s.aws/alb": (ALB,),
    "k8s.io/ingress-nginx": (COMMUNITY_NGINX,),
    "nginx.org/ingress-controller": (F5_NGINX,),
    "traefik.io/ingress-controller": (TRAEFIK,),
}
_CLASS_ANNOTATION: Final = "kubernetes.io/ingress.class"
_ALB_SILENCE: Final = re.compile(r"idle_timeout\.timeout_seconds\s*=\s*(\d{1,9})")
_ALB_GROUP: Final = "alb.ingress.kubernetes.io/group.name"


def class_of(ingress: Manifest) -> str:
    """The name of an Ingress' class; empty if the cluster's default takes it."""
    name = ingress.node["spec"]["ingressClassName"].text
    return name or ingress.annotations.get(_CLASS_ANNOTATION, "")


def served_by(ingress: Manifest, manifests: ManifestSet) -> tuple[Controller, ...]:
    """The controllers that an Ingress' class can mean; none if its name says nothing."""
    name = class_of(ingress)
    for each in manifests.manifests:
        if each.kind == "IngressClass" and each.name == name != "":
            return _BY_NAME.get(each.node["spec"]["controller"].string, ())
    return BY_CLASS.get(name, ())


def controller_of(
    ingress: Manifest, manifests: ManifestSet, settings: Settings
) -> Controller | None:
    """The controller that serves an Ingress: by its class, its annotations, or the settings.

    None if that is not known.
    """
    possible = served_by(ingress, manifests)
    named = [
        each
        for each in possible or CONTROLLERS
        if any(each.reads(annotation) for annotation in ingress.annotations)
    ]
    if named:
        return named[0] if len(named) == 1 else None
    if not possible and not class_of(ingress):
        possible = BY_CLASS.get(settings.ingress_controller, ())
    return next(iter(possible), None)


class Silence(msgspec.Struct, frozen=True):
    """How long a connection may be silent. `node` is where that is written, or would be."""

    seconds: float
    node: Node
    is_default: bool = False


def silence_of(ingress: Manifest, controller: Controller, manifests: ManifestSet) -> Silence | None:
    """How long the connections through an Ingress may be silent; None if that is not known, or
    they may for as long as they like."""
    node = ingress.node["metadata"]["annotations"][controller.silence]
    found = idle_seconds(node.string, controller)
    if found is not None:
        return Silence(found, node)
    # Among the attributes of a load balancer this one need not be; any other text means something.
    is_unreadable = node.exists and controller is not ALB
    if is_unreadable or controller is GCE or controller.default_seconds is None:
        return None
    if _is_said_for_all(ingress, controller, manifests):
        return None
    return Silence(controller.default_seconds, node, is_default=True)


def idle_seconds(text: str, controller: Controller) -> float | None:
    """How long a connection may be silent, says an annotation; None if its controller cannot read
    that."""
    if controller is ALB:
        match = _ALB_SILENCE.search(text)
        return float(match[1]) if match else None
    if controller is HAPROXY_INGRESS:
        return seconds(text)
    return seconds(text, bare=1)


def _is_said_for_all(ingress: Manifest, controller: Controller, manifests: ManifestSet) -> bool:
    """Whether something else than the annotation may say it, for this Ingress and others."""
    if controller is ALB:
        others = any(each.kind == "IngressClassParams" for each in manifests.manifests)
        return others or _ALB_GROUP in ingress.annotations
    key, directive = (*controller.for_all, "", "")[:2]
    maps = manifests.of_kind("ConfigMap")
    return (key != "" and any(key in each.node["data"] for each in maps)) or (
        directive != ""
        and any(
            directive in text for name, text in ingress.annotations.items() if "snippet" in name
        )
    )
