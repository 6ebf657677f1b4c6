"""The engine: every rule is asked about all that it is about, and each answer counts once."""

from collections.abc import Iterator
from typing import Final

import pytest

from notifyctl.validate.check import check, chosen_rules, findings_about
from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.rule import RULES, rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from tests.support.validating import TODAY, findings, found, workspace

BARE: Final = "FROM python\nUSER 10001\n"
DEPLOYMENT: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: notify
  annotations: {}
spec:
  replicas: 3
  selector: {matchLabels: {app: notify}}
  template:
    metadata: {labels: {app: notify}}
    spec: {containers: [{name: notify, image: "notifyctl:0.1.0"}]}
"""


class Thing:
    """Something that a rule of this test is about."""


def test_rules_are_chosen_by_id_and_by_family() -> None:
    chosen = chosen_rules(Settings(select=("DF", "CO209"), ignore=("DF108",), profile="production"))

    assert "DF105" in chosen
    assert "CO209" in chosen
    assert not {"DF108", "CO203", "K8301"} & set(chosen)


def test_what_is_only_for_production_is_not_asked_for_in_development() -> None:
    only = {name for name, each in RULES.items() if each.only_production}

    assert only
    assert not only & set(chosen_rules(Settings()))
    assert only <= set(chosen_rules(Settings(profile="production")))


def test_a_severity_can_be_set() -> None:
    (finding,) = findings({"Dockerfile": BARE}, select=("DF108",), severity={"DF108": "info"})

    assert finding.severity is Severity.INFO


def test_a_rule_can_be_ignored_below_a_path() -> None:
    files = {"examples/Dockerfile": BARE, "Dockerfile": BARE}
    ignores = {"examples/*": ("DF108",)}

    assert [name for name, _, _ in found(files, "DF108", per_file_ignores=ignores)] == [
        "Dockerfile"
    ]


def test_findings_come_in_the_order_of_files_places_and_rules() -> None:
    files = {
        "b/Dockerfile": BARE,
        "a/Dockerfile": BARE,
        "compose.yaml": "services:\n  a: {image: b}\n",
    }
    order = [(each.span.source.name, each.span.start, each.rule) for each in findings(files)]

    assert order
    assert order == sorted(order)


def test_a_manifest_of_two_overlays_is_told_once() -> None:
    files = {
        "base/deployment.yaml": DEPLOYMENT,
        "base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "one/kustomization.yaml": "resources: [../base]\n",
        "two/kustomization.yaml": "resources: [../base]\n",
    }

    assert len(found(files, "K8311")) == 1


def test_an_exception_of_one_overlay_does_not_speak_for_the_other() -> None:
    path = "/metadata/annotations/notifyctl.dev~1ignore"
    note = (
        f"- patch: |-\n    - {{op: add, path: {path}, value: K8311 alone}}\n"
        "  target: {kind: Deployment}\n"
    )
    files = {
        "base/deployment.yaml": DEPLOYMENT,
        "base/kustomization.yaml": "resources: [deployment.yaml]\n",
        "one/kustomization.yaml": f"resources: [../base]\npatches:\n{note}",
    }
    only = findings(files, select=("K8311",))
    both = findings(files | {"two/kustomization.yaml": "resources: [../base]\n"}, select=("K8311",))

    assert [each.ignored is not None for each in only] == [True]
    assert [each.ignored is not None for each in both] == [False]


def test_where_another_rule_knows_more_the_schema_keeps_quiet() -> None:
    text = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: a
  annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: 3600}
spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}
"""

    assert [each.rule for each in findings({"a.yaml": text})] == ["K8324"]


def test_a_rule_that_fails_silences_no_other_one() -> None:
    def broken(thing: Thing, settings: Settings) -> Iterator[Problem]:
        raise KeyError("oops")
        yield

    def sound(thing: Thing, settings: Settings) -> Iterator[Problem]:
        yield Problem("wrong", Source("a", "text").span(0, 1))

    rule("NV998", "error")(broken)
    rule("NV999", "error")(sound)
    rules = [RULES.pop(name) for name in ("NV998", "NV999")]
    failures: list[Unchecked] = []
    answers = findings_about([Thing()], rules, Settings(), failures)

    assert [each.rule for each in answers] == ["NV999"]
    assert [each.target for each in failures] == ["NV998"]
    with pytest.raises(KeyError):
        findings_about([Thing()], rules, Settings())


def test_the_exceptions_are_checked_themselves() -> None:
    text = 'FROM python:3.13-slim\n# notifyctl: ignore[DF108] reason="x"\nUSER 10001\n'

    assert [each.rule for each in check(workspace({"Dockerfile": text}), TODAY)] == ["NV008"]
