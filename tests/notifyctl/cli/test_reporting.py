"""Which formats go where."""

from pathlib import Path

import pytest

from notifyctl.cli.reporting import Destination, destinations, is_for_people
from notifyctl.errors import UsageError


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not within a workflow of GitHub."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def test_without_a_wish_people_read_it() -> None:
    assert destinations([], json=False) == [Destination("full")]


def test_a_file_leaves_stdout_to_people() -> None:
    wanted = destinations(["sarif:out.sarif"], json=False)

    assert wanted == [Destination("sarif", Path("out.sarif")), Destination("full")]
    assert is_for_people(wanted)


def test_a_document_on_stdout_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    wanted = destinations(["junit:j.xml"], json=True)

    assert wanted == [Destination("junit", Path("j.xml")), Destination("json")]
    assert not is_for_people(wanted)


def test_github_gets_its_lines_below_what_people_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert destinations([], json=False) == [Destination("full"), Destination("github")]


def test_two_documents_on_stdout_are_refused() -> None:
    with pytest.raises(UsageError, match=r"Only one of sarif and json can go to stdout"):
        destinations(["sarif"], json=True)
