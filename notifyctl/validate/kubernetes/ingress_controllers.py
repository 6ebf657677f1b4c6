"""What is known of the controllers that stand between clients and a WebSocket.

Each reads its own annotations, and cuts a connection that is silent for longer than its own
default. The sources are the controllers' manuals.
"""

from typing import Final

import msgspec

from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.settings import Settings


class Controller(msgspec.Struct, frozen=True):
    """One controller. Times are seconds.

    `timeouts` are the annotations that say how long a connection may be silent; `default_seconds`
    is how long it may without them, None for as long as it likes. `seconds_per_unit` is what a bare
    number means; None where a bare number is not known to be wrong or right.
    """

    name: str
    prefix: str
    timeouts: tuple[str, ...]
    default_seconds: float | None
    seconds_per_unit: float | None
    takes_units: bool


COMMUNITY_NGINX: Final = Controller(
    "ingress-nginx",
    "nginx.ingress.kubernetes.io/",
    (
        "nginx.ingress.kubernetes.io/proxy-read-timeout",
        "nginx.ingress.kubernetes.io/proxy-send-timeout",
    ),
    60,
    1,
    takes_units=False,
)
F5_NGINX: Final = Controller(
    "NGINX Ingress Controller (F5)",
    "nginx.org/",
    ("nginx.org/proxy-read-timeout", "nginx.org/proxy-send-timeout"),
    60,
    1,
    takes_units=True,
)
HAPROXY: Final = Controller(
    "HAProxy",
    "haproxy.org/",
    ("haproxy.org/timeout-tunnel",),
    3600,
    0.001,
    takes_units=True,
)
HAPROXY_INGRESS: Final = Controller(
    "HAProxy Ingress",
    "haproxy-ingress.github.io/",
    ("haproxy-ingress.github.io/timeout-tunnel",),
    3600,
    0.001,
    takes_units=True,
)
ALB: Final = Controller(
    "AWS Load Balancer Controller",
    "alb.ingress.kubernetes.io/",
    ("alb.ingress.kubernetes.io/load-balancer-attributes",),
    60,
    1,
    takes_units=False,
)
TRAEFIK: Final = Controller(
    "Traefik", "traefik.ingress.kubernetes.io/", (), None, None, takes_units=True
)
GCE: Final = Controller("GKE", "networking.gke.io/", (), 30, 1, takes_units=False)

CONTROLLERS: Final = (
    COMMUNITY_NGINX,
    F5_NGINX,
    HAPROXY,
    HAPROXY_INGRESS,
    ALB,
    TRAEFIK,
    GCE,
)
# Names of classes that mean one controller by its own manual. `nginx` may be either of two.
BY_CLASS: Final = {
    "alb": ALB,
    "gce": GCE,
    "gce-internal": GCE,
    "traefik": TRAEFIK,
}
_CLASS_ANNOTATION: Final = "kubernetes.io/ingress.class"


def class_of(ingress: Manifest) -> str:
    """The name of an Ingress' class; empty if the cluster's default takes it."""
    name = ingress.node["spec"]["ingressClassName"].text
    return name or ingress.annotations.get(_CLASS_ANNOTATION, "")


def controller_of(ingress: Manifest, settings: Settings) -> Controller | None:
    """The controller that serves an Ingress: by its class, by its annotations, or by the settings.

    None if that is not known.
    """
    name = class_of(ingress)
    by_prefix = {
        each.prefix: each
        for each in CONTROLLERS
        if any(annotation.startswith(each.prefix) for annotation in ingress.annotations)
    }
    if name in BY_CLASS:
        return BY_CLASS[name]
    if len(by_prefix) == 1:
        return next(iter(by_prefix.values()))
    if by_prefix:
        return None
    if name == "nginx" or settings.ingress_controller == "nginx":
        return COMMUNITY_NGINX
    if name == "haproxy" or settings.ingress_controller == "haproxy":
        return HAPROXY
    return BY_CLASS.get(settings.ingress_controller)
