"""The steps over files: settings, kinds, thresholds."""

from pathlib import Path

import pytest

from notifyctl.cli.checking import chosen_settings, kinds, known_rules, look_around, threshold
from notifyctl.errors import NothingToCheck, UsageError
from notifyctl.validate.discover import Kind
from notifyctl.validate.finding import Severity
from notifyctl.validate.settings import Settings


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_options_go_before_the_file_and_ignores_add_up(here: Path) -> None:
    (here / "notifyctl.toml").write_text('profile = "production"\nignore = ["DF"]\n')

    assert chosen_settings(None, None, None, None).profile == "production"
    assert chosen_settings(None, "dev", None, ["K8"]).profile == "dev"
    assert chosen_settings(None, None, None, ["K8"]).ignore == ("DF", "K8")


def test_rules_are_named_by_id_or_family_in_any_case() -> None:
    assert known_rules(["k8,DF108", "co2"]) == ("K8", "DF108", "CO2")
    with pytest.raises(UsageError, match="There is no rule 'Q1'"):
        known_rules(["Q1"])


def test_kinds_are_named_with_commas_or_one_by_one() -> None:
    assert kinds(["dockerfile,Compose", "kubernetes"]) == list(Kind)
    with pytest.raises(UsageError, match="There is no kind 'docker'"):
        kinds(["docker"])


def test_an_empty_folder_has_nothing_to_check() -> None:
    with pytest.raises(NothingToCheck, match="in this folder"):
        look_around([], Settings(), [])


@pytest.mark.parametrize(
    ("fail_on", "strict", "severity"),
    [
        (None, False, Severity.ERROR),
        (None, True, Severity.WARNING),
        ("info", True, Severity.INFO),
        ("error", True, Severity.ERROR),
    ],
)
def test_strict_fails_on_warnings_unless_something_else_is_said(
    fail_on: str | None, strict: bool, severity: Severity
) -> None:
    assert threshold(fail_on, strict=strict) is severity
