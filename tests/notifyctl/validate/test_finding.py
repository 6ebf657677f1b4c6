"""Findings: their place, and their order."""

from notifyctl.validate.finding import Finding, Problem, Severity
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml

ROOT = read_yaml(Source("a.yaml", "- name: notify\n  image: a\n")).documents[0]


def test_what_is_missing_is_pointed_at_where_it_would_be() -> None:
    container = ROOT.items[0]

    assert Problem("x", container["image"]).span.text == "a"
    assert Problem("x", container["livenessProbe"]).span.text == "name: notify"
    assert Problem("x", container.head).span.text == "name: notify"


def test_the_worst_comes_first() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank) == ["error", "warning", "info"]


def test_findings_are_ordered_by_file_place_and_rule() -> None:
    one, two = Source("a", "text"), Source("b", "text")
    findings = [
        Finding(rule, Severity.ERROR, Problem("x", source.span(start, 4)))
        for rule, source, start in (("B", one, 1), ("A", two, 0), ("A", one, 1), ("C", one, 0))
    ]
    ordered = sorted(findings, key=lambda finding: finding.order)

    assert [(each.span.source.name, each.span.start, each.rule) for each in ordered] == [
        ("a", 0, "C"),
        ("a", 1, "A"),
        ("a", 1, "B"),
        ("b", 0, "A"),
    ]
