"""The golden files show what a person sees; whoever changes it changes them by hand."""

from pathlib import Path
from typing import Final

import pytest

from notifyctl.validate.finding import Ignored, Related
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.full import full
from notifyctl.validate.report.look import Look
from notifyctl.validate.source import Source
from tests.support.findings import DEPLOYMENT, SERVICE, at, finding, outcome, port_mismatch

GOLDEN: Final = Path(__file__).parent / "golden"

service = Source("k8s/service.yaml", SERVICE)
deployment = Source("k8s/deployment.yaml", DEPLOYMENT)
dockerfile = Source(
    "Dockerfile",
    "FROM 私のイメージ:latest\n"
    "RUN\tapt-get install "
    + "--no-install-recommends build-essential "
    * 4
    + "curl libpq-dev git\n"
    "CMD notifyctl serve # \x1b[31m\u202e\n",
)
probe = deployment.span(DEPLOYMENT.index("readinessProbe"), DEPLOYMENT.index("          env"))

CASES: Final = {
    "three-files": outcome(port_mismatch()),
    "several-lines": outcome(
        finding(probe, "K8304", label="the liveness probe asks the same", help="ask `/readyz`")
    ),
    "secret": outcome(
        finding(
            at(deployment, "s3cr3t"), "K8318", secret=True, message="a secret is in the manifest"
        ),
        finding(at(deployment, "ports"), "K8303", "warning", message="no port is named `http`"),
    ),
    "wide-and-long": outcome(
        finding(at(dockerfile, "latest"), "DF108", "warning", label="another one every day"),
        finding(at(dockerfile, "curl"), "DF199", "info", label="not in the slim image"),
        finding(at(dockerfile, "notifyctl serve"), "DF107", help='write\n  CMD ["notifyctl"]'),
    ),
    "same-rule-twice": outcome(
        finding(at(service, "http"), "K8303", related=(Related(at(service, "ws"), "the other"),)),
        finding(at(service, "8081"), "K8303"),
    ),
    "not-checked": Outcome([], ["compose.yaml"], [Unchecked("k8s", "does not exist")], 0.018),
    "clean": Outcome([], ["Dockerfile", "compose.yaml"], (), 0.018),
}


@pytest.mark.parametrize("name", CASES)
def test_a_person_sees_what_the_golden_file_shows(name: str) -> None:
    assert full(CASES[name], Look(columns=90)) == (GOLDEN / f"{name}.txt").read_text()


def test_every_golden_file_is_compared() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


def test_an_exception_is_not_shown_but_counted() -> None:
    found = finding(at(service, "8081"))
    known = type(found)(found.rule, found.severity, found.problem, None, Ignored("known"))

    assert full(outcome(known)) == (
        "1 file checked, nothing to complain about (1 ignored) · 118 ms\n"
    )


def test_a_fix_without_advice_is_the_advice() -> None:
    found = port_mismatch()
    problem = type(found.problem)("wrong", found.span, fix=found.problem.fix)

    text = full(outcome(type(found)("XF403", found.severity, problem)))

    assert "   = help: name the port (safe fix available: --fix)\n" in text
