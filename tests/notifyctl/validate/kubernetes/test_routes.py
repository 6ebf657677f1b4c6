"""Where the routes of an Ingress and an HTTPRoute lead."""

import pytest

from notifyctl.validate.kubernetes.routes import leads_to, routes_of
from notifyctl.validate.settings import Settings
from tests.support.manifests import only_set, pod, read, together

PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: notify}
spec: {selector: {app: notify}, ports: [{name: web, port: 80, targetPort: http}, \
{name: ws, port: 81, targetPort: ws}]}
"""


def ingress(port: str, path: str = "/ws", name: str = "notify") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: notify}}
spec:
  rules:
    - http:
        paths:
          - path: {path}
            pathType: Prefix
            backend: {{service: {{name: {name}, port: {{{port}}}}}}}
"""


def led(*texts: str) -> list[int | None]:
    manifests = only_set(together(*texts))
    routes = [route for each in manifests.manifests for route in routes_of(each)]
    return [leads_to(route, manifests, Settings()) for route in routes]


@pytest.mark.parametrize(
    ("port", "number"),
    [
        ("number: 81", 8001),
        ("name: ws", 8001),
        ("number: 80", 8000),
        ("name: web", 8000),
        ("number: 8001", None),
    ],
)
def test_a_route_leads_through_the_service_to_a_port_of_the_container(
    port: str, number: int | None
) -> None:
    assert led(ingress(port), SERVICE, pod(PORTS)) == [number]


def test_a_route_to_another_program_leads_nowhere_that_counts() -> None:
    other = pod("ports: [{name: ws, containerPort: 9000}]", image="other:1").replace(
        "name: notify,", "name: other,", 1
    )

    assert led(ingress("number: 81"), SERVICE, other) == [None]


@pytest.mark.parametrize(
    ("port", "path", "number"),
    [
        ("number: 8001", "/ws", 8001),
        ("name: websocket", "/ws/", 8001),
        # The admin port of another program has this number, too.
        ("number: 8001", "/", None),
        ("name: ws", "/chat", None),
        ("number: 8000", "/ws", None),
    ],
)
def test_without_its_service_a_route_is_known_by_port_and_path(
    port: str, path: str, number: int | None
) -> None:
    assert led(ingress(port, path, "elsewhere")) == [number]


def test_the_nearest_service_of_a_name_is_meant() -> None:
    (manifests,) = read(
        {
            "dev/service.yaml": SERVICE.replace("81", "91"),
            "prod/service.yaml": SERVICE,
            "prod/pod.yaml": pod(PORTS),
            "prod/ingress.yaml": ingress("number: 81"),
        }
    )
    (route,) = [route for each in manifests.manifests for route in routes_of(each)]

    assert leads_to(route, manifests, Settings()) == 8001


def test_an_ingress_of_old_and_a_default_backend_are_read() -> None:
    text = """\
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: notify}
spec:
  backend: {serviceName: web, servicePort: 80}
  rules: [{http: {paths: [{path: /ws, backend: {serviceName: notify, servicePort: ws}}]}}]
"""
    routes = routes_of(only_set(text).manifests[0])

    assert [(each.path_text, each.service.string, each.port.string) for each in routes] == [
        ("/", "web", "80"),
        ("/ws", "notify", "ws"),
    ]


def test_every_match_of_an_http_route_is_a_route() -> None:
    text = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notify, namespace: a}
spec:
  rules:
    - matches: [{path: {type: Exact, value: /ws}}, {path: {value: /v1}}]
      backendRefs: [{name: notify, port: 8001, namespace: b}, {kind: Bucket, name: files}]
    - backendRefs: [{name: web, port: 80}]
"""
    routes = routes_of(only_set(text).manifests[0])

    assert [
        (each.path_text, each.path_type, each.service.string, each.namespace) for each in routes
    ] == [
        ("/ws", "Exact", "notify", "b"),
        ("/v1", "Prefix", "notify", "b"),
        ("/", "Prefix", "web", "a"),
    ]


def test_what_is_called_a_route_elsewhere_is_none() -> None:
    spec = "spec: {rules: [{backendRefs: [{name: a}]}]}"
    text = f"apiVersion: example.com/v1\nkind: HTTPRoute\nmetadata: {{name: a}}\n{spec}\n"

    assert list(routes_of(only_set(text).manifests[0])) == []
