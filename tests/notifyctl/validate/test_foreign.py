"""Files in the style of other people's projects: what is right there, no rule calls wrong.

Each folder of `foreign/` stands for a kind of project; a comment in it says which. Its files are
as a careful reviewer wants them in all that the rules call an error. What the rules may say
beyond that is in `foreign/expected.txt`, a line for each folder.
"""

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from notifyctl.validate.check import check
from notifyctl.validate.finding import Finding, Severity
from notifyctl.validate.reading import Survey, survey
from notifyctl.validate.settings import Settings

FOREIGN: Final = Path(__file__).parent / "foreign"
TREES: Final = sorted(path.name for path in FOREIGN.iterdir() if path.is_dir())
TODAY: Final = date(2026, 6, 1)


def look_at(tree: str, monkeypatch: pytest.MonkeyPatch) -> Survey:
    """What the command sees when it runs in this folder."""
    monkeypatch.chdir(FOREIGN / tree)
    return survey(["."], Settings())


def shown(findings: list[Finding]) -> str:
    """The findings as a failed test should print them."""
    return "\n".join(
        f"{each.rule} {each.span.source.name}:{each.span.begin.line} {each.problem.message}"
        for each in findings
    )


def expected() -> dict[str, list[str]]:
    """The rules that may say something, by the folders they may say it about."""
    lines = (FOREIGN / "expected.txt").read_text().splitlines()
    words = [line.split() for line in lines if line and not line.startswith("#")]
    return {tree.removesuffix(":"): rules for tree, *rules in words}


@pytest.mark.parametrize("tree", TREES)
def test_a_project_that_is_right_brings_no_error(
    tree: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = check(look_at(tree, monkeypatch).workspace, TODAY)
    errors = [each for each in findings if each.severity is Severity.ERROR]
    assert not errors, shown(errors)


@pytest.mark.parametrize("tree", TREES)
def test_what_else_is_said_about_it_was_expected(
    tree: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = check(look_at(tree, monkeypatch).workspace, TODAY)
    rules = sorted({each.rule for each in findings})
    assert rules == expected().get(tree, []), shown(findings)


@pytest.mark.parametrize("tree", TREES)
def test_every_project_holds_something_to_check(tree: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = look_at(tree, monkeypatch)
    assert seen.found.files
    assert not seen.unchecked


def test_everything_expected_is_about_a_project_that_exists() -> None:
    assert expected().keys() <= set(TREES)


@pytest.mark.parametrize("tree", TREES)
def test_every_project_says_what_it_stands_for(tree: str) -> None:
    texts = (path.read_text("utf-8-sig") for path in (FOREIGN / tree).rglob("*") if path.is_file())
    beginnings = (text.splitlines()[:4] for text in texts)
    assert any(line.startswith("# ") for lines in beginnings for line in lines)
