"""How long connections through an Ingress or a Gateway live, and whether they are encrypted."""

import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import pod, together
from tests.support.validating import findings

COMMUNITY = "nginx.ingress.kubernetes.io"
PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"


def service(annotations: str = "") -> str:
    return f"""\
apiVersion: v1
kind: Service
metadata: {{name: notify, annotations: {{{annotations}}}}}
spec: {{selector: {{app: notify}}, ports: [{{name: ws, port: 8001, targetPort: ws}}]}}
"""


def ingress(annotations: str = "", spec: str = "ingressClassName: nginx") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: notify, annotations: {{{annotations}}}}}
spec:
  {spec}
  rules:
    - http:
        paths:
          - path: /ws
            pathType: Prefix
            backend: {{service: {{name: notify, port: {{number: 8001}}}}}}
"""


def http_route(timeouts: str) -> str:
    return f"""\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {{name: notify}}
spec:
  parentRefs: [{{name: public, sectionName: plain}}]
  rules:
    - matches: [{{path: {{value: /ws}}}}]
      backendRefs: [{{name: notify, port: 8001}}]
      timeouts: {{{timeouts}}}
"""


def told(rule: str, *texts: str) -> list[str]:
    text = together(*texts, service(), pod(PORTS)) if len(texts) == 1 else together(*texts)
    found = findings({"manifest.yaml": text}, select=(rule,), profile="production")
    return [each.problem.message for each in found]


@pytest.mark.parametrize(
    ("annotations", "class_name", "messages"),
    [
        ("", "nginx", ["ingress-nginx cuts WebSockets that are silent for 60 s"]),
        (
            f"{COMMUNITY}/proxy-read-timeout: '600'",
            "nginx",
            ["ingress-nginx cuts WebSockets that are silent for 600 s"],
        ),
        ("", "alb", ["AWS Load Balancer Controller cuts WebSockets that are silent for 60 s"]),
        (
            "haproxy-ingress.github.io/timeout-tunnel: 1m",
            "haproxy",
            ["HAProxy Ingress cuts WebSockets that are silent for 60 s"],
        ),
        ("", "haproxy", []),
        ("", "traefik", []),
        ("", "own", []),
        (
            f"{COMMUNITY}/proxy-read-timeout: '3600', {COMMUNITY}/proxy-send-timeout: '3600'",
            "nginx",
            [],
        ),
        (
            f"{COMMUNITY}/proxy-read-timeout: '3600'",
            "nginx",
            ["ingress-nginx waits longer for what it reads than for what it writes"],
        ),
        (
            "nginx.org/proxy-read-timeout: 1h",
            "nginx",
            ["NGINX does not know that Service `notify` speaks WebSocket"],
        ),
        (
            "nginx.org/proxy-read-timeout: 1h, nginx.org/websocket-services: 'web, notify'",
            "nginx",
            [],
        ),
    ],
)
def test_the_way_must_outlive_an_hour_of_silence(
    annotations: str, class_name: str, messages: list[str]
) -> None:
    assert told("K8323", ingress(annotations, f"ingressClassName: {class_name}")) == messages


def test_a_route_to_another_program_may_end_early() -> None:
    other = pod("ports: [{name: ws, containerPort: 9000}]", image="other:1").replace(
        "name: notify,", "name: other,", 1
    )

    assert told("K8323", ingress(), service(), other) == []


def test_half_of_the_nginx_times_is_a_warning() -> None:
    text = together(ingress(f"{COMMUNITY}/proxy-read-timeout: '3600'"), service(), pod(PORTS))
    (finding,) = findings({"manifest.yaml": text}, select=("K8323",))

    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("timeouts", "number"),
    [("request: 60s", 1), ("backendRequest: 24h", 1), ("request: 0s", 0), ("", 0)],
)
def test_an_http_route_limits_a_request_only_if_it_says_so(timeouts: str, number: int) -> None:
    assert len(told("K8323", http_route(timeouts))) == number


CONFIG = "apiVersion: cloud.google.com/v1\nkind: BackendConfig\nmetadata: {name: long}\n"


@pytest.mark.parametrize(
    ("annotation", "config", "number"),
    [
        ("", "", 1),
        ('{"default": "long"}', "spec: {timeoutSec: 600}", 1),
        ('{"default": "long"}', "spec: {}", 1),
        ('{"default": "long"}', "spec: {timeoutSec: 86400}", 0),
        ('{"ports": {"8001": "long"}}', "spec: {timeoutSec: 600}", 1),
        ('{"ports": {"80": "long"}}', "spec: {timeoutSec: 600}", 0),
        ('{"default": "elsewhere"}', "spec: {timeoutSec: 600}", 0),
        ("no json", "spec: {timeoutSec: 600}", 0),
    ],
)
def test_gke_reads_its_limit_from_the_backend_config_of_the_service(
    annotation: str, config: str, number: int
) -> None:
    annotations = f"cloud.google.com/backend-config: '{annotation}'" if annotation else ""
    way = ingress("kubernetes.io/ingress.class: gce", "")

    found = told("K8323", way, service(annotations), pod(PORTS), CONFIG + config + "\n")

    assert len(found) == number


@pytest.mark.parametrize(
    ("annotations", "spec", "is_open"),
    [
        ("", "ingressClassName: nginx", True),
        ("", "tls: [{secretName: a}]", False),
        ("", "ingressClassName: tailscale", False),
        ("alb.ingress.kubernetes.io/certificate-arn: a", "ingressClassName: alb", False),
        ("alb.ingress.kubernetes.io/listen-ports: '[{\"HTTP\": 80}]'", "", True),
        ("alb.ingress.kubernetes.io/listen-ports: '[{\"HTTPS\": 443}]'", "", False),
        ("traefik.ingress.kubernetes.io/router.entrypoints: websecure", "", False),
        ("traefik.ingress.kubernetes.io/router.entrypoints: web", "", True),
        (f"{COMMUNITY}/ssl-passthrough: 'true'", "", False),
        (f"{COMMUNITY}/ssl-passthrough: 'false'", "", True),
    ],
)
def test_an_ingress_brings_clients_with_tls(annotations: str, spec: str, is_open: bool) -> None:
    expected = ["Ingress `notify` brings clients to the service without TLS"] * is_open

    assert told("K8325", ingress(annotations, spec)) == expected


@pytest.mark.parametrize(("protocol", "is_open"), [("HTTP", True), ("HTTPS", False)])
def test_a_gateway_brings_clients_with_tls(protocol: str, is_open: bool) -> None:
    gateway = f"""\
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {{name: public}}
spec: {{gatewayClassName: a, listeners: [{{name: plain, port: 80, protocol: {protocol}}},
  {{name: other, port: 443, protocol: HTTPS}}]}}
"""
    found = told("K8325", http_route(""), gateway, service(), pod(PORTS))

    assert found == ["Gateway `public` brings clients to the service without TLS"] * is_open
    elsewhere = gateway.replace("{name: public}", "{name: public, namespace: other}")
    here = http_route("").replace(
        "metadata: {name: notify}", "metadata: {name: notify, namespace: a}"
    )
    assert told("K8325", here, elsewhere, service(), pod(PORTS)) == []
