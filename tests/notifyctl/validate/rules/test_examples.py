"""Every rule's manual page holds what it says: its bad example is found, its good one is not."""

import re
from typing import Final

import pytest

from notifyctl.validate.rule import Rule
from notifyctl.validate.rules import RULES
from tests.support.validating import findings

# What runs has examples of another kind; their own tests play them.
_OF_FILES: Final = [rule for rule in RULES.values() if rule.id[:2] not in ("LV", "CL")]
_FILE: Final = re.compile(r"^# file: (\S+)\n", re.MULTILINE)
_USUAL_NAMES: Final = {"DF": "Dockerfile", "CO": "compose.yaml"}


def files_of(rule: Rule, example: str) -> dict[str, str]:
    """The files of an example: below their comment lines, or one of the rule's usual name."""
    parts = _FILE.split(example)
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    return files or {_USUAL_NAMES.get(rule.id[:2], "manifest.yaml"): example + "\n"}


def found_in(rule: Rule, example: str) -> set[str]:
    """The rules that find something in an example, under the stricter profile."""
    files = files_of(rule, example)
    return {
        finding.rule for finding in findings(files, profile="production") if not finding.ignored
    }


@pytest.mark.parametrize("rule", _OF_FILES, ids=lambda rule: str(rule.id))
def test_the_bad_example_is_found(rule: Rule) -> None:
    assert rule.id in found_in(rule, rule.manual.bad)


@pytest.mark.parametrize("rule", _OF_FILES, ids=lambda rule: str(rule.id))
def test_the_good_example_is_right(rule: Rule) -> None:
    found = found_in(rule, rule.manual.good)

    assert rule.manual.good
    assert not {name for name in found if name == rule.id or name.startswith("NV")}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: str(rule.id))
def test_the_manual_page_says_what_and_why(rule: Rule) -> None:
    manual = rule.manual

    assert manual.summary.endswith(".")
    assert manual.explanation or rule.id.startswith("NV")
    assert manual.bad
