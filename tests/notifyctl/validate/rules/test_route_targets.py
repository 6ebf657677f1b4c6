"""Routes that lead to nothing, or to the wrong port."""

import pytest

from tests.support.manifests import pod, together
from tests.support.validating import findings

PORTS = "ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]"
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: notify}
spec: {selector: {app: notify}, ports: [{name: http, port: 8000}, {name: ws, port: 8001}]}
"""


def ingress(*backends: tuple[str, str], name: str = "notify") -> str:
    """An Ingress with a path and a port for each backend."""
    paths = "".join(
        f"          - path: {path}\n            pathType: Prefix\n"
        f"            backend: {{service: {{name: {name}, port: {{{port}}}}}}}\n"
        for path, port in backends
    )
    head = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: notify}\n"
    return f"{head}spec:\n  rules:\n    - http:\n        paths:\n{paths}"


def told(files: dict[str, str] | str) -> list[str]:
    files = {"manifest.yaml": files} if isinstance(files, str) else files
    return [each.problem.message for each in findings(files, select=("XF405",))]


def test_a_service_of_a_similar_name_was_meant() -> None:
    text = together(ingress(("/v1", "number: 8000"), name="notfy"), SERVICE, pod(PORTS))
    (finding,) = findings({"manifest.yaml": text}, select=("XF405",))

    assert (
        finding.problem.message == "Ingress `notify` leads to Service `notfy`, which is not there"
    )
    assert finding.problem.help == "did you mean `notify`?"
    assert finding.span.text == "notfy"


def test_a_service_of_another_name_may_come_from_elsewhere() -> None:
    way = ingress(("/v1", "number: 80"), name="web")

    assert told(together(way, SERVICE)) == []
    assert told(
        {"a/kustomization.yaml": "resources: [a.yaml]", "a/a.yaml": together(way, SERVICE)}
    ) == ["Ingress `notify` leads to Service `web`, which is not there"]


@pytest.mark.parametrize("port", ["number: 80", "name: web"])
def test_a_port_must_be_one_of_the_service(port: str) -> None:
    text = together(ingress(("/v1", port)), SERVICE, pod(PORTS))
    (finding,) = findings({"manifest.yaml": text}, select=("XF405",))

    assert finding.span.text == port.split()[1]
    assert finding.problem.help == "use one of 8000 (`http`), 8001 (`ws`)"


@pytest.mark.parametrize(
    "service",
    [
        SERVICE.replace("spec: {", "spec: {type: ExternalName, externalName: a.example.com, "),
        SERVICE.replace("port: 8000", "port: '${PORT}'"),
    ],
)
def test_a_service_whose_ports_are_not_known_may_have_it(service: str) -> None:
    assert told(together(ingress(("/v1", "number: 80")), service)) == []


def test_of_services_of_one_name_the_nearest_is_asked() -> None:
    files = {
        "dev/service.yaml": SERVICE.replace("port: 8000", "port: 80"),
        "prod/service.yaml": SERVICE,
        "prod/ingress.yaml": ingress(("/v1", "number: 8000")),
    }

    assert told(files) == []
    moved = {**files, "prod/ingress.yaml": ingress(("/v1", "number: 80"))}
    assert told(moved) == ["Service `notify` has no port `80`"]


@pytest.mark.parametrize(
    ("backends", "messages"),
    [
        ([("/ws", "name: http")], ["the path `/ws` leads to port 8000, which is for HTTP"]),
        (
            [("/ws/chat", "name: http")],
            ["the path `/ws/chat` leads to port 8000, which is for HTTP"],
        ),
        (
            [("/ws", "name: ws"), ("/", "name: ws")],
            ["the path `/` leads to port 8001, which is for WebSockets"],
        ),
        ([("/ws", "name: ws"), ("/", "name: http")], []),
        # Whoever has no route for sockets may have put them elsewhere.
        ([("/", "name: ws")], []),
        ([("/wsx", "name: http")], []),
    ],
)
def test_sockets_and_the_rest_go_to_their_own_ports(
    backends: list[tuple[str, str]], messages: list[str]
) -> None:
    assert told(together(ingress(*backends), SERVICE, pod(PORTS))) == messages


def test_each_match_of_an_http_route_is_asked() -> None:
    text = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notify}
spec:
  rules:
    - matches: [{path: {value: /v1}}, {path: {value: /ws}}]
      backendRefs: [{name: notify, port: 8000}]
"""
    expected = ["the path `/ws` leads to port 8000, which is for HTTP"]

    assert told(together(text, SERVICE, pod(PORTS))) == expected


def test_a_port_that_is_not_there_is_told_once_for_all_matches() -> None:
    text = """\
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: notify}
spec:
  rules:
    - matches: [{path: {value: /v1}}, {path: {value: /sdk}}]
      backendRefs: [{name: notify, port: 80}]
"""
    assert told(together(text, SERVICE, pod(PORTS))) == ["Service `notify` has no port `80`"]


@pytest.mark.parametrize(
    ("port", "name"), [("name: ${PORT}", "notify"), ("number: 80", "'${NAME}'")]
)
def test_what_another_tool_fills_in_is_not_looked_for(port: str, name: str) -> None:
    assert told(together(ingress(("/v1", port), name=name), SERVICE, pod(PORTS))) == []


def test_a_service_without_ports_has_none_to_name() -> None:
    text = together(
        ingress(("/v1", "number: 80")),
        "apiVersion: v1\nkind: Service\nmetadata: {name: notify}\nspec: {}\n",
    )

    assert told(text) == ["Service `notify` has no port `80`"]
