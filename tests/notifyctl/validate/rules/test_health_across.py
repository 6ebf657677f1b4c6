"""Health and pings that image, compose, Kubernetes and proxies must agree on."""

import pytest

from tests.support.manifests import pod
from tests.support.validating import findings, found

PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"
NGINX = "nginx.ingress.kubernetes.io"


def dockerfile(url: str) -> str:
    check = f"HEALTHCHECK CMD wget -q {url} || exit 1\n" if url else ""
    return f'FROM python:3.13-slim\nEXPOSE 8000 8001\n{check}CMD ["notifyctl", "serve"]\n'


def compose(url: str, image: str = "build: .") -> str:
    test = f'test: ["CMD", "curl", "-f", "{url}"]'
    return f"services: {{notify: {{{image}, command: notifyctl serve, healthcheck: {{{test}}}}}}}\n"


def differing(files: dict[str, str]) -> list[str]:
    return [text for _, _, text in found(files, "XF407")]


def test_image_compose_and_kubernetes_ask_the_same() -> None:
    health = "http://localhost:8000/healthz"
    files = {
        "Dockerfile": dockerfile(health),
        "compose.yaml": compose("http://127.0.0.1:8000/healthz"),
        "pod.yaml": pod(f"{PORTS}, livenessProbe: {{httpGet: {{path: /healthz, port: http}}}}"),
    }

    assert differing(files) == []
    assert differing(files | {"compose.yaml": compose("http://localhost:8000/health")}) == [
        '["CMD", "curl", "-f", "http://localhost:8000/health"]'
    ]
    assert differing(files | {"Dockerfile": dockerfile("http://localhost:8080/healthz")}) == [
        "wget -q http://localhost:8080/healthz || exit 1"
    ]
    other = pod(f"{PORTS}, livenessProbe: {{httpGet: {{path: /live, port: 8000}}}}")
    assert differing(files | {"pod.yaml": other}) == ["/live"]


@pytest.mark.parametrize(
    "probe",
    [
        "livenessProbe: {httpGet: {path: /readyz, port: 8000}}",
        "readinessProbe: {httpGet: {path: /other, port: 8000}}",
        "livenessProbe: {httpGet: {path: /other, port: 8000, host: elsewhere}}",
        "livenessProbe: {httpGet: {path: /other, port: unknown}}",
        "livenessProbe: {tcpSocket: {port: 8000}}",
    ],
)
def test_readiness_and_what_asks_something_else_are_not_compared(probe: str) -> None:
    url = "http://localhost:8000/healthz"

    assert differing({"Dockerfile": dockerfile(url), "pod.yaml": pod(f"{PORTS}, {probe}")}) == []


def test_two_services_may_have_healths_of_their_own() -> None:
    files = {
        "a/Dockerfile": dockerfile("http://localhost:8000/a"),
        "b/Dockerfile": dockerfile("http://localhost:8000/b"),
    }

    assert differing(files) == []


def ingress(annotations: str, class_name: str = "nginx") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: notify, annotations: {{{annotations}}}}}
spec:
  ingressClassName: {class_name}
  rules:
    - http:
        paths:
          - path: /ws
            pathType: Prefix
            backend: {{service: {{name: notify, port: {{number: 8001}}}}}}
"""


def slow(files: dict[str, str], **settings: object) -> list[str]:
    found = findings(files, select=("XF408",), **settings)
    return [each.problem.message for each in found]


@pytest.mark.parametrize(
    ("annotations", "class_name", "seconds"),
    [
        (f"{NGINX}/proxy-read-timeout: '25'", "nginx", 25),
        (f"{NGINX}/proxy-read-timeout: '26'", "nginx", None),
        ("", "nginx", None),
        ("haproxy-ingress.github.io/timeout-tunnel: 5s", "haproxy", 5),
    ],
)
def test_the_ping_comes_before_the_proxy_gives_up(
    annotations: str, class_name: str, seconds: int | None
) -> None:
    expected = [f"the proxy waits {seconds} s, and the server pings every 25 s"] * bool(seconds)

    assert slow({"ingress.yaml": ingress(annotations, class_name)}) == expected


def test_a_slow_ping_meets_the_proxys_own_default() -> None:
    files = {
        "ingress.yaml": ingress("", "alb"),
        "pod.yaml": pod(f"{PORTS}, env: [{{name: NOTIFYD_PING_SECONDS, value: '60'}}]"),
    }
    (finding,) = findings(files, select=("XF408",))

    assert finding.problem.message == "the proxy waits 60 s, and the server pings every 60 s"
    assert [each.span.text for each in finding.problem.related] == ["'60'"]
    assert slow(files | {"pod.yaml": pod(PORTS)}) == []
    assert len(slow(files | {"pod.yaml": pod(PORTS)}, ping_seconds=60)) == 1


PROXY = """\
services:
  notify: {image: "notifyctl:0.1.0"}
  proxy: {image: "nginx:1.27", volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf"]}
"""


@pytest.mark.parametrize(
    ("conf", "ping", "seconds"),
    [
        ("proxy_read_timeout 20s;", 25, 20),
        ("proxy_read_timeout 20;", 25, 20),
        ("proxy_read_timeout 1h;", 25, None),
        ("", 25, None),
        ("", 60, 60),
        ("include more;", 60, None),
    ],
)
def test_the_ping_comes_before_the_nginx_of_compose_gives_up(
    conf: str, ping: int, seconds: int | None
) -> None:
    text = f"server {{ {conf} location /ws {{ proxy_pass http://notify:8001; }} }}"
    files = {"compose.yaml": PROXY, "nginx.conf": text}
    expected = [f"the proxy waits {seconds} s, and the server pings every {ping} s"] * bool(seconds)

    assert slow(files, ping_seconds=ping) == expected


@pytest.mark.parametrize(
    "other",
    [
        {"Dockerfile": "FROM python:3.13-slim\nHEALTHCHECK CMD curl http://localhost:8000/web\n"},
        {"Dockerfile": dockerfile("").replace("CMD", "HEALTHCHECK NONE\nCMD")},
        {"Dockerfile": dockerfile("http://localhost:$PORT/health")},
        {
            "compose.yaml": compose("http://localhost:8000/x").replace(
                "healthcheck: {", "healthcheck: {disable: true, "
            )
        },
        {"compose.yaml": compose("https://example.com/health")},
    ],
)
def test_what_is_switched_off_or_not_clear_or_of_another_is_not_compared(
    other: dict[str, str],
) -> None:
    probe = "livenessProbe: {httpGet: {path: /healthz, port: 8000}}"
    files = {"Dockerfile": dockerfile(""), "pod.yaml": pod(f"{PORTS}, {probe}")}

    assert differing(files | other) == []


def test_without_a_dockerfile_the_name_of_the_image_joins_them() -> None:
    probe = "livenessProbe: {httpGet: {path: /healthz, port: 8000}}"
    files = {
        "compose.yaml": compose("http://localhost:8000/health", "image: 'notifyctl:0.2.0'"),
        "pod.yaml": pod(f"{PORTS}, {probe}"),
    }

    assert len(differing(files)) == 1
    assert differing(files | {"pod.yaml": pod(f"{PORTS}, {probe}", image="example/own:1")}) == []
