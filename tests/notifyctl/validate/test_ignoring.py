"""Exceptions: where they hold, and when they do not count."""

from datetime import date
from typing import Final

import pytest

from notifyctl.validate.finding import Finding, Named, Problem, Severity
from notifyctl.validate.ignoring import Judged, Waiver, apply, waivers_in, waivers_on
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml

TODAY: Final = date(2026, 6, 1)
EVERY: Final = frozenset({"K8308", "K8310"})


def finding(source: Source, line: int, rule: str = "K8308") -> Finding:
    return Finding(rule, Severity.WARNING, Problem("wrong", source.line_span(line)))


def judged(source: Source, *findings: Finding) -> tuple[list[bool], list[Judged]]:
    marked, judgements = apply(findings, waivers_in(source), EVERY, TODAY)
    return [each.ignored is not None for each in marked], judgements


def only(text: str) -> Waiver:
    (waiver,) = waivers_in(Source("a.yaml", text))
    return waiver


def test_an_exception_tells_its_rules_its_reason_and_its_last_day() -> None:
    waiver = only(
        'a: 1  # notifyctl: ignore[K8308, k8310] reason="the proxy waits" until=2027-01-31'
    )

    assert waiver.rules == ("K8308", "K8310")
    assert (waiver.reason, waiver.until, waiver.line) == ("the proxy waits", "2027-01-31", 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1  # notifyctl: ignore[K8308] reason=x\nb: 2\n", 1),
        ("# notifyctl: ignore[K8308] reason=x\na: 1\n", 2),
        ("# notifyctl: ignore[K8308] reason=x\n\n  # why\na: 1\n", 4),
        ("a:\n  # notifyctl: ignore[K8308] reason=x\n  - name: notify\n", 3),
    ],
)
def test_an_exception_holds_for_its_line_or_for_the_one_below(text: str, line: int) -> None:
    source = Source("a.yaml", text)
    found = [finding(source, number) for number in range(1, 5)]
    ignored, _ = judged(source, *found)

    assert [number for number, each in enumerate(ignored, 1) if each] == [line]


def test_an_exception_for_a_file_holds_everywhere_in_it() -> None:
    source = Source("a.yaml", "a: 1\nb: 2\n# notifyctl: ignore-file[K8308] reason=x\n")
    ignored, _ = judged(source, finding(source, 1), finding(source, 2), finding(source, 1, "K8310"))

    assert ignored == [True, True, False]


def test_it_holds_in_no_other_file() -> None:
    source, other = Source("a.yaml", "# notifyctl: ignore-file[K8308] reason=x\n"), Source("b", "a")

    assert judged(source, finding(other, 1))[0] == [False]


@pytest.mark.parametrize(
    "rest", ["", " reason=", " reason=x until=2026-05-31", " reason=x until=soon"]
)
def test_without_a_reason_or_after_its_day_it_does_not_count(rest: str) -> None:
    source = Source("a.yaml", f"a: 1  # notifyctl: ignore[K8308]{rest}\n")

    assert judged(source, finding(source, 1))[0] == [False]


def test_on_its_last_day_it_still_counts() -> None:
    source = Source("a.yaml", "a: 1  # notifyctl: ignore[K8308] reason=x until=2026-06-01\n")

    assert judged(source, finding(source, 1))[0] == [True]


def test_what_was_not_needed_is_known_rule_by_rule() -> None:
    source = Source("a.yaml", "a: 1  # notifyctl: ignore[K8308,K8310,XF401] reason=x\n")
    _, (judgement,) = judged(source, finding(source, 1))

    assert judgement.unused == ("K8310",)


def test_what_only_looks_like_a_comment_is_none() -> None:
    assert list(waivers_in(Source("a", "url: page#notifyctl: ignore[K8308] reason=x"))) == []


def test_an_annotation_holds_for_all_of_its_object() -> None:
    reasons = "      K8310 one is enough\n      K8308 it waits\n"
    text = f"metadata:\n  annotations:\n    notifyctl.dev/ignore: |\n{reasons}"
    node = read_yaml(Source("a.yaml", text)).documents[0]
    about = Named("Deployment", "notify", "prod")
    waivers = list(waivers_on(node["metadata"]["annotations"]["notifyctl.dev/ignore"], about))
    source = Source("b.yaml", "x")
    mine = Finding("K8310", Severity.ERROR, Problem("wrong", source.line_span(1)), about)
    part = Named("Deployment", "notify", "prod", "spec.template.spec.containers[0]")
    inside = Finding("K8310", Severity.ERROR, Problem("wrong", source.line_span(1)), part)
    other = Finding(
        "K8310", Severity.ERROR, Problem("wrong", source.line_span(1)), Named("Pod", "a")
    )
    marked, _ = apply([mine, inside, other], waivers, EVERY, TODAY)

    assert [waiver.reason for waiver in waivers] == ["one is enough", "it waits"]
    assert [each.ignored is not None for each in marked] == [True, True, False]
