"""Annotations that their controller does not read as they are meant."""

import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import together
from tests.support.validating import findings

COMMUNITY = "nginx.ingress.kubernetes.io"
ALB = "alb.ingress.kubernetes.io/load-balancer-attributes"


def ingress(annotations: str, spec: str = "ingressClassName: nginx", path: str = "/ws") -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: notify, annotations: {{{annotations}}}}}
spec:
  {spec}
  rules:
    - host: notify.example.com
      http:
        paths:
          - path: {path}
            pathType: Prefix
            backend: {{service: {{name: notify, port: {{number: 8001}}}}}}
"""


def told(*texts: str) -> list[tuple[Severity, str]]:
    found = findings({"manifest.yaml": together(*texts)}, select=("K8324",))
    return [(each.severity, each.problem.message) for each in found]


@pytest.mark.parametrize("value", ["3600", "true", "on", "1.5"])
def test_a_value_without_quotes_is_quoted_by_the_fix(value: str) -> None:
    text = ingress(f"{COMMUNITY}/proxy-read-timeout: {value}")
    (finding,) = findings({"manifest.yaml": text}, select=("K8324",))

    assert finding.span.text == value
    assert finding.problem.fix is not None
    assert finding.problem.fix.edits[0].text == f'"{value}"'


@pytest.mark.parametrize(
    ("annotation", "class_name", "message"),
    [
        (
            f"{COMMUNITY}/proxy-read-timeout: 3600s",
            "nginx",
            f"`{COMMUNITY}/proxy-read-timeout` takes a number of seconds without a unit",
        ),
        (
            "haproxy-ingress.github.io/timeout-tunnel: '3600'",
            "haproxy",
            "`haproxy-ingress.github.io/timeout-tunnel` takes a number with one unit",
        ),
        (
            f"{ALB}: idle_timeout.timeout_seconds=86400",
            "alb",
            "AWS takes an idle timeout of 1 to 4000 s",
        ),
        (
            f"{COMMUNITY}/proxy-read-timeout: '3600'",
            "alb",
            f"`{COMMUNITY}/proxy-read-timeout` is for ingress-nginx, but class `alb` is served by "
            "AWS Load Balancer Controller",
        ),
        (
            "haproxy-ingress.github.io/timeout-tunnel: 1h",
            "nginx",
            "`haproxy-ingress.github.io/timeout-tunnel` is for HAProxy Ingress, but class `nginx` "
            "is served by ingress-nginx or NGINX Ingress Controller (F5)",
        ),
    ],
)
def test_what_its_controller_does_not_read_is_an_error(
    annotation: str, class_name: str, message: str
) -> None:
    text = ingress(annotation, f"ingressClassName: {class_name}")

    assert told(text) == [(Severity.ERROR, message)]


@pytest.mark.parametrize(
    ("annotation", "class_name", "message"),
    [
        (
            f"{COMMUNITY}/proxy-connect-timeout: '3600'",
            "nginx",
            f"`{COMMUNITY}/proxy-connect-timeout` cannot be longer than 75 s",
        ),
        (
            "nginx.org/proxy-connect-timeout: 2m",
            "nginx",
            "`nginx.org/proxy-connect-timeout` cannot be longer than 75 s",
        ),
        (
            "haproxy.org/timeout-tunnel: 1h",
            "haproxy",
            "`haproxy.org/timeout-tunnel` does nothing on an Ingress: HAProxy reads it from its "
            "ConfigMap only",
        ),
        (
            "haproxy.org/timeout-server: '3600'",
            "haproxy",
            "`haproxy.org/timeout-server` without a unit counts milliseconds",
        ),
    ],
)
def test_what_does_less_than_it_says_is_a_warning(
    annotation: str, class_name: str, message: str
) -> None:
    text = ingress(annotation, f"ingressClassName: {class_name}")

    assert told(text) == [(Severity.WARNING, message)]


@pytest.mark.parametrize(
    ("annotations", "class_name"),
    [
        (f"{COMMUNITY}/proxy-read-timeout: '3600'", "nginx"),
        (f"{COMMUNITY}/proxy-read-timeout: '3600'", "own"),
        (f"{COMMUNITY}/proxy-read-timeout: ${{SECONDS}}", "nginx"),
        (f"{COMMUNITY}/proxy-connect-timeout: '75'", "nginx"),
        (f"{COMMUNITY}/proxy-body-size: 8m", "nginx"),
        (f"{COMMUNITY}/ssl-redirect:", "nginx"),
        ("nginx.org/proxy-read-timeout: '3600'", "nginx"),
        ("nginx.org/proxy-read-timeout: 1h 30m", "nginx"),
        ("haproxy-ingress.github.io/timeout-tunnel: 1h", "haproxy"),
        ("haproxy.org/timeout-server: '50000'", "haproxy"),
        ("haproxy.org/timeout-server: 50s", "haproxy"),
        (f"{ALB}: 'a=b,idle_timeout.timeout_seconds=4000'", "alb"),
        # Made for two clusters, and each has what it needs.
        (f"{COMMUNITY}/proxy-read-timeout: '3600', {ALB}: a=b", "alb"),
    ],
)
def test_what_is_read_as_it_is_meant_is_right(annotations: str, class_name: str) -> None:
    assert told(ingress(annotations, f"ingressClassName: {class_name}")) == []


def test_an_expression_is_plain_text_without_being_called_one() -> None:
    text = ingress("", path="/ws(/|$)(.*)")
    message = "the path `/ws(/|$)(.*)` is taken as plain text, not as an expression"

    assert told(text) == [(Severity.ERROR, message)]


@pytest.mark.parametrize(
    "texts",
    [
        (ingress(f"{COMMUNITY}/use-regex: 'true'", path="/ws(.*)"),),
        (ingress(f"{COMMUNITY}/rewrite-target: /$1", path="/ws(.*)"),),
        # It holds for all of a host, whichever Ingress says it.
        (ingress("", path="/ws(.*)"), ingress(f"{COMMUNITY}/use-regex: 'true'")),
        (ingress("", "ingressClassName: traefik", "/ws(.*)"),),
        (ingress("", path="${PREFIX}/ws"),),
        (ingress("", path="/v1.2/a-b_c~d"),),
    ],
)
def test_a_path_that_is_read_as_it_is_meant_is_right(texts: tuple[str, ...]) -> None:
    assert told(*texts) == []
