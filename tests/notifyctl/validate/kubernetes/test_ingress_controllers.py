"""Which controller serves an Ingress, and how long it lets a connection be silent."""

import pytest

from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.kubernetes.ingress_controllers import controller_of, silence_of
from notifyctl.validate.settings import Settings
from tests.support.manifests import only_set, together

COMMUNITY = "nginx.ingress.kubernetes.io"
CLASS = """\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: outside}}
spec: {{controller: {}}}
"""


def ingress(annotations: str = "", spec: str = "ingressClassName: nginx") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: notify, annotations: {{{annotations}}}}}
spec: {{{spec}}}
"""


def read(*texts: str) -> tuple[Manifest, ManifestSet]:
    manifests = only_set(together(*texts))
    return manifests.of_kind("Ingress")[0], manifests


def served(*texts: str, controller: str = "") -> str | None:
    found = controller_of(*read(*texts), Settings(ingress_controller=controller))
    return found.name if found else None


def silent_for(annotations: str, *others: str, spec: str = "ingressClassName: nginx") -> object:
    one, manifests = read(ingress(annotations, spec), *others)
    controller = controller_of(one, manifests, Settings())
    silence = silence_of(one, controller, manifests) if controller else None
    return silence.seconds if silence else None


@pytest.mark.parametrize(
    ("annotations", "spec", "name"),
    [
        ("", "ingressClassName: nginx", "ingress-nginx"),
        ("kubernetes.io/ingress.class: nginx", "", "ingress-nginx"),
        (
            "nginx.org/server-snippets: a",
            "ingressClassName: nginx",
            "NGINX Ingress Controller (F5)",
        ),
        (f"nginx.org/a: a, {COMMUNITY}/b: b", "ingressClassName: nginx", None),
        # An annotation of another controller does not change who serves the class.
        ("haproxy.org/check: 'true'", "ingressClassName: nginx", "ingress-nginx"),
        ("", "ingressClassName: haproxy", "HAProxy"),
        ("haproxy-ingress.github.io/a: a", "ingressClassName: haproxy", "HAProxy Ingress"),
        ("", "ingressClassName: alb", "AWS Load Balancer Controller"),
        ("kubernetes.io/ingress.class: gce", "", "GKE"),
        ("", "ingressClassName: own", None),
        (f"{COMMUNITY}/a: a", "ingressClassName: own", "ingress-nginx"),
        ("", "", None),
    ],
)
def test_class_and_annotations_tell_the_controller(
    annotations: str, spec: str, name: str | None
) -> None:
    assert served(ingress(annotations, spec)) == name


def test_the_settings_tell_it_where_there_is_no_class() -> None:
    assert served(ingress(spec=""), controller="haproxy") == "HAProxy"
    assert served(ingress(spec="ingressClassName: own"), controller="haproxy") is None


def test_an_ingress_class_among_the_files_says_what_its_name_means() -> None:
    outside = ingress(spec="ingressClassName: outside")

    assert served(outside, CLASS.format("k8s.io/ingress-nginx")) == "ingress-nginx"
    assert served(outside, CLASS.format("example.com/own")) is None
    assert served(ingress(), CLASS.format("nginx.org/ingress-controller")) == "ingress-nginx"


@pytest.mark.parametrize(
    ("annotations", "spec", "seconds"),
    [
        ("", "ingressClassName: nginx", 60),
        (f"{COMMUNITY}/proxy-read-timeout: '3600'", "ingressClassName: nginx", 3600),
        ("nginx.org/proxy-read-timeout: 1h", "ingressClassName: nginx", 3600),
        ("nginx.org/proxy-read-timeout: '90'", "ingressClassName: nginx", 90),
        ("nginx.org/proxy-read-timeout: soon", "ingressClassName: nginx", None),
        # Only the ConfigMap of the controller counts there.
        ("haproxy.org/timeout-tunnel: 5s", "ingressClassName: haproxy", 3600),
        ("haproxy-ingress.github.io/timeout-tunnel: 5s", "ingressClassName: haproxy", 5),
        ("haproxy-ingress.github.io/timeout-tunnel: '5'", "ingressClassName: haproxy", None),
        ("", "ingressClassName: alb", 60),
        (
            "alb.ingress.kubernetes.io/load-balancer-attributes: "
            "'a=b,idle_timeout.timeout_seconds=600'",
            "ingressClassName: alb",
            600,
        ),
        ("alb.ingress.kubernetes.io/load-balancer-attributes: a=b", "ingressClassName: alb", 60),
        ("alb.ingress.kubernetes.io/group.name: a", "ingressClassName: alb", None),
        ("", "ingressClassName: traefik", None),
        ("", "ingressClassName: gce", None),
        (
            f"{COMMUNITY}/configuration-snippet: proxy_read_timeout 3600s;",
            "ingressClassName: nginx",
            None,
        ),
    ],
)
def test_a_connection_may_be_silent_for_as_long_as_the_controller_says(
    annotations: str, spec: str, seconds: float | None
) -> None:
    assert silent_for(annotations, spec=spec) == seconds


def test_what_the_controllers_own_map_says_is_not_known_here() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: controller}\ndata: {KEY: '3600'}\n"

    assert silent_for("", text.replace("KEY", "proxy-read-timeout")) is None
    assert silent_for("", text.replace("KEY", "proxy-body-size")) == 60
