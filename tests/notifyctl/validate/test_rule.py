"""The register of rules checks itself."""

from collections.abc import Iterator

import pytest

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.rule import FAMILIES, read_manual, rule
from notifyctl.validate.rules import RULES
from notifyctl.validate.settings import Settings


class Thing:
    """Something to look at."""


def unwanted_thing(thing: Thing, settings: Settings) -> Iterator[Problem]:
    """There is a thing."""
    yield from ()


def test_a_rule_knows_its_subject_its_name_and_its_severities() -> None:
    rule("NV997", "warning", production="error")(unwanted_thing)
    registered = RULES.pop("NV997")

    assert registered.subject is Thing
    assert registered.name == "unwanted-thing"
    assert registered.severity_in("dev") is Severity.WARNING
    assert registered.severity_in("production") is Severity.ERROR


@pytest.mark.parametrize("name", ["XX101", "DF1", "df101", "DF101"])
def test_an_id_is_of_a_family_and_taken_once(name: str) -> None:
    with pytest.raises(ValueError, match="is no id of a rule, or is taken"):
        rule(name, "error")(unwanted_thing)


def test_a_docstring_is_the_manual_page() -> None:
    prose = "A thing is\nthere.\n\nWhy.\n\nMore."
    manual = read_manual(f"{prose}\n\nBad::\n\n    a: 1\n\n    b: 2\n\nGood::\n\n    a: 2\n")

    assert manual.summary == "A thing is there."
    assert manual.explanation == "Why.\n\nMore."
    assert manual.bad == "a: 1\n\nb: 2"
    assert manual.good == "a: 2"


def test_every_family_has_its_rules() -> None:
    assert {name[:2] for name in RULES} == set(FAMILIES)
