"""`notifyctl validate`: what it checks, how it ends, and what it never does."""

import json
import os
from pathlib import Path
from typing import Final

import pytest

from tests.support.command_line import Notifyctl, on_a_terminal

GOOD: Final = "FROM python:3.13-slim\nUSER 10001\n"
WRONG: Final = "FROM python:3.13-slim\nEXPOSE 80000\nUSER 10001\n"
UNTAGGED: Final = "FROM python\nUSER 10001\n"
SERVICE: Final = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}]}\n"
DOUBLE: Final = SERVICE + "spec: {ports: [{port: 81}]}\n"


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the files, which is empty yet."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(home)
    return home


def test_files_that_are_right_end_with_0(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(GOOD)
    outcome = notifyctl("validate")

    assert (outcome.status, outcome.err) == (0, "")
    assert "1 file checked" in outcome.out


def test_an_error_ends_with_1_and_shows_where_it_is(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(WRONG)
    outcome = notifyctl("validate")

    assert outcome.status == 1
    assert "error[DF102]" in outcome.out
    assert "Dockerfile:2:8" in outcome.out


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 0),
        (["--fail-on", "warning"], 1),
        (["--strict"], 1),
        (["--strict", "--exit-zero"], 0),
        (["--strict", "--fail-on", "error"], 0),
        (["--fail-on", "warning", "--ignore", "DF108"], 0),
        (["--fail-on", "warning", "--select", "K8,CO"], 0),
        (["--fail-on", "warning", "--select", "df108"], 1),
    ],
)
def test_what_counts_can_be_chosen(
    notifyctl: Notifyctl, here: Path, options: list[str], status: int
) -> None:
    (here / "Dockerfile").write_text(UNTAGGED)

    assert notifyctl("validate", *options).status == status


def test_nothing_to_check_is_no_success(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("validate")

    assert outcome.status == 3
    assert outcome.err == (
        "notifyctl: There is no Dockerfile, compose file or Kubernetes manifest in this folder; "
        "name the files, or run it where they are.\n"
    )


def test_a_kind_that_is_required_has_to_be_there(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(GOOD)

    assert notifyctl("validate", "--require", "dockerfile").status == 0
    outcome = notifyctl("validate", "--require", "dockerfile,kubernetes")
    assert outcome.status == 3
    assert "There is no kubernetes file in this folder" in outcome.err


def test_what_cannot_be_read_is_told_and_the_rest_is_checked(
    notifyctl: Notifyctl, here: Path
) -> None:
    (here / "Dockerfile").write_text(WRONG)
    os.symlink("nowhere", here / "compose.yaml")
    outcome = notifyctl("validate", "Dockerfile", "compose.yaml", "gone.yaml")

    assert outcome.status == 3
    assert "error[DF102]" in outcome.out
    assert "compose.yaml is a link to nothing" in outcome.out
    assert "gone.yaml does not exist" in outcome.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "DF999"], "There is no rule 'DF999'"),
        (["--explain", "K83O1"], "did you mean K83"),
        (["--format", "xml"], "There is no format 'xml'"),
        (["--format", "json", "--format", "full"], "Only one of json and full can go to stdout"),
        (["--require", "docker"], "There is no kind 'docker'"),
        (["--config", "gone.toml"], "gone.toml"),
        (["--ws", "ws://localhost:1/ws"], "need --live URL"),
    ],
)
def test_a_slip_on_the_command_line_is_told(
    notifyctl: Notifyctl, here: Path, arguments: list[str], words: str
) -> None:
    (here / "Dockerfile").write_text(GOOD)
    outcome = notifyctl("validate", *arguments)

    assert outcome.status == 2
    assert words in outcome.err
    assert outcome.out == ""


def test_settings_of_the_folder_count(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(UNTAGGED)
    (here / "notifyctl.toml").write_text('severity = {DF108 = "error"}\n')
    assert notifyctl("validate").status == 1

    (here / "notifyctl.toml").write_text("profil = 'dev'\n")
    outcome = notifyctl("validate")
    assert outcome.status == 2
    assert outcome.err.endswith("there is no such setting; perhaps 'profile' was meant.\n")


def test_several_formats_at_once(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(WRONG)
    outcome = notifyctl(
        "validate", "--json", "--format", "sarif:out.sarif", "--format", "junit:j.xml"
    )

    assert outcome.status == 1
    assert json.loads(outcome.out)["version"] == 1
    assert json.loads((here / "out.sarif").read_text())["version"] == "2.1.0"
    assert (here / "j.xml").read_text().startswith("<?xml")


def test_stdout_of_a_document_holds_nothing_else(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(WRONG)
    outcome = notifyctl("validate", "Dockerfile", "gone.yaml", "--json")

    assert json.loads(outcome.out)["unchecked"]
    assert outcome.err == "gone.yaml does not exist\n"


def test_a_report_that_cannot_be_written_is_told(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(GOOD)
    outcome = notifyctl("validate", "--format", "sarif:no/such/folder.sarif")

    assert outcome.status == 1
    assert "no/such/folder.sarif cannot be written" in outcome.err


def test_on_github_findings_are_annotations_too(
    notifyctl: Notifyctl, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "Dockerfile").write_text(WRONG)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    outcome = notifyctl("validate")

    assert "error[DF102]" in outcome.out
    assert "::error file=Dockerfile,line=2" in outcome.out


def test_colours_are_for_terminals_that_want_them(
    notifyctl: Notifyctl, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "Dockerfile").write_text(WRONG)
    with on_a_terminal(monkeypatch):
        assert "\x1b[" in notifyctl("validate").out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[" not in notifyctl("validate").out
    assert "\x1b[" not in notifyctl("validate").out


def test_show_files_tells_what_would_be_checked(notifyctl: Notifyctl, here: Path) -> None:
    (here / "Dockerfile").write_text(WRONG)
    (here / "service.yaml").write_text(SERVICE)
    (here / "node_modules").mkdir()
    outcome = notifyctl("validate", "--show-files")

    assert outcome.status == 0
    assert outcome.out == "dockerfile  Dockerfile\nkubernetes  service.yaml\n"
    assert outcome.err == "left out: node_modules (not yours)\n"


def test_explain_shows_the_manual_page_of_a_rule(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("validate", "--explain", "df105")

    assert outcome.status == 0
    assert outcome.out.startswith("DF105 ")
    assert "Bad:" in outcome.out


def test_the_list_of_rules_is_text_or_one_document(notifyctl: Notifyctl) -> None:
    assert "DF105" in notifyctl("validate", "--list-rules").out
    listed = json.loads(notifyctl("validate", "--list-rules", "--json").out)
    assert "DF105" in [each["id"] for each in listed["rules"]]


def test_templates_are_left_out_unless_somebody_names_them(
    notifyctl: Notifyctl, here: Path
) -> None:
    (here / "service.yaml").write_text(SERVICE)
    (here / "template.yaml").write_text(
        "apiVersion: v1\nkind: Service\n{{- if .Values.on }}\nmetadata: {{ .name }}\n{{- end }}\n"
    )

    assert notifyctl("validate").status == 0
    assert "left out: template.yaml (a template)" in notifyctl("validate", "--show-files").err
    assert notifyctl("validate", "template.yaml").status == 1


def test_yaml_with_foreign_bytes_is_told_and_never_written(
    notifyctl: Notifyctl, here: Path
) -> None:
    content = b"# caf\xe9\n" + DOUBLE.encode()
    (here / "service.yaml").write_bytes(content)
    outcome = notifyctl("validate", "--fix")

    assert "this is not UTF-8" in outcome.out
    assert "`spec` is there twice" in outcome.out
    assert (here / "service.yaml").read_bytes() == content


def test_a_rule_of_ours_that_fails_is_told_and_the_others_go_on(
    notifyctl: Notifyctl, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    from notifyctl.validate.rules import RULES

    def broken(*_: object) -> None:
        raise KeyError("oops")

    (here / "Dockerfile").write_text(WRONG)
    monkeypatch.setitem(RULES, "DF108", msgspec.structs.replace(RULES["DF108"], check=broken))
    outcome = notifyctl("validate")

    assert outcome.status == 3
    assert "error[DF102]" in outcome.out
    assert "DF108 failed (KeyError('oops')); please report this" in outcome.out


def test_a_rule_that_settings_name_and_nobody_knows_is_told(
    notifyctl: Notifyctl, here: Path
) -> None:
    (here / "Dockerfile").write_text(GOOD)
    (here / "notifyctl.toml").write_text('per-file-ignores = {"examples/*" = ["DF999"]}\n')
    outcome = notifyctl("validate")

    assert outcome.status == 2
    assert "There is no rule 'DF999'" in outcome.err
