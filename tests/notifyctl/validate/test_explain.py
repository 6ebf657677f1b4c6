import json
from collections.abc import Iterator

import pytest

from notifyctl.validate.explain import explain, find, list_rules, meant, rules_as_json, when
from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.report.look import Look
from notifyctl.validate.rule import Rule
from notifyctl.validate.rules import RULES
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source


def missing_readiness_probe(subject: Source, _settings: Settings) -> Iterator[Problem]:
    """A container has no readiness probe.

    Kubernetes sends traffic to a pod as soon as it runs. Without this probe, clients reach
    a server that has not opened its store yet.

    - GKE asks once a second,
      and never stops
    - EKS does not

        kubectl get endpointslices

    Bad::

        name: notifyd

    Good::

        name: notifyd
        readinessProbe: {httpGet: {path: /readyz, port: 8000}}
    """
    yield from ()


def rule(
    name: str = "K8301",
    severity: Severity = Severity.ERROR,
    production: Severity = Severity.ERROR,
    only_production: bool = False,
) -> Rule:
    """A rule with the docstring above."""
    return Rule(name, severity, missing_readiness_probe, Source, production, only_production)


PROBES = rule()
OTHER = rule("DF101", Severity.WARNING)
MANUAL = """\
K8301 missing-readiness-probe
Kubernetes · error

A container has no readiness probe.

Kubernetes sends traffic to a pod as soon as it runs.
Without this probe, clients reach a server that has not
opened its store yet.

- GKE asks once a second, and never stops
- EKS does not

    kubectl get endpointslices

Bad:

    name: notifyd

Good:

    name: notifyd
    readinessProbe: {httpGet: {path: /readyz, port: 8000}}
"""


def test_the_docstring_is_the_manual_page() -> None:
    assert explain(PROBES, Look(columns=60)) == MANUAL


def test_colours_change_nothing_but_the_colour() -> None:
    page = explain(PROBES, Look(color=True, columns=60))

    assert page.startswith("\x1b[1;31mK8301\x1b[0m \x1b[1mmissing-readiness-probe\x1b[0m\n")
    for code in ("[0m", "[1m", "[1;31m", "[32m"):
        page = page.replace(f"\x1b{code}", "")
    assert page == MANUAL


@pytest.mark.parametrize(
    "word", ["K8301", "k8301", "missing-readiness-probe", "Missing_Readiness_Probe"]
)
def test_a_rule_is_found_by_its_id_and_its_name(word: str) -> None:
    assert find(word, [RULES["NV001"], PROBES]) is PROBES


def test_what_nobody_knows_is_not_found() -> None:
    assert find("K8399", [PROBES]) is None


@pytest.mark.parametrize("word", ["K831", "missing-readyness-probe", "missing_readiness"])
def test_a_slip_of_the_pen_is_understood(word: str) -> None:
    assert meant(word, [PROBES]) == "K8301"


def test_what_is_like_nothing_means_nothing() -> None:
    assert meant("tomato", [PROBES]) == ""


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (rule(), "error"),
        (rule(severity=Severity.WARNING), "warning, error with --profile production"),
        (
            rule(production=Severity.WARNING, only_production=True),
            "warning, only with --profile production",
        ),
    ],
)
def test_the_profile_changes_how_bad_it_is(known: Rule, words: str) -> None:
    assert when(known) == words


def test_rules_are_listed_below_their_families() -> None:
    only = rule("K8310", Severity.INFO, only_production=True)

    assert list_rules([only, PROBES, OTHER]) == (
        "Dockerfile\n"
        "  DF101  warning  missing-readiness-probe\n"
        "\n"
        "Kubernetes\n"
        "  K8301  error    missing-readiness-probe\n"
        "  K8310  info     missing-readiness-probe (production)\n"
    )


def test_programs_get_the_whole_manual() -> None:
    document = json.loads(rules_as_json([PROBES]))

    assert document["version"] == 1
    assert document["rules"][0] | {"explanation": "..."} == {
        "id": "K8301",
        "name": "missing-readiness-probe",
        "family": "Kubernetes",
        "severity": "error",
        "severity_in_production": "error",
        "only_in_production": False,
        "summary": "A container has no readiness probe.",
        "explanation": "...",
        "bad": "name: notifyd",
        "good": "name: notifyd\nreadinessProbe: {httpGet: {path: /readyz, port: 8000}}",
    }


@pytest.mark.parametrize("known", RULES.values(), ids=RULES)
def test_every_rule_has_a_manual_page(known: Rule) -> None:
    page = explain(known)

    assert page.startswith(f"{known.id} {known.name}\n")
    assert known.manual.summary.endswith(".")
    assert "Bad:" in page or known.id.startswith(("LV", "CL"))
