"""`--fix` and `--diff`: what is put right, and what stays as it was."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.command_line import Notifyctl

INGRESS: Final = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  annotations:
    # how long nothing may be heard
    nginx.ingress.kubernetes.io/proxy-read-timeout: 3600   # an hour
spec:
  defaultBackend: {service: {name: web, port: {number: 80}}}
"""
FIXED: Final = INGRESS.replace("3600 ", '"3600" ')


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with the files."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(home)
    return home


def test_a_fix_changes_only_what_is_wrong(notifyctl: Notifyctl, here: Path) -> None:
    (here / "ingress.yaml").write_text(INGRESS)
    outcome = notifyctl("validate", "--fix")

    assert (here / "ingress.yaml").read_text() == FIXED
    assert outcome.status == 0
    assert outcome.err == "1 problem fixed\n"


def test_a_second_time_there_is_nothing_to_do(notifyctl: Notifyctl, here: Path) -> None:
    (here / "ingress.yaml").write_text(FIXED)
    outcome = notifyctl("validate", "--fix")

    assert (here / "ingress.yaml").read_text() == FIXED
    assert outcome.err == "0 problems fixed\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_marks_and_line_ends_stay(notifyctl: Notifyctl, here: Path, mark: bytes) -> None:
    (here / "ingress.yaml").write_bytes(mark + INGRESS.replace("\n", "\r\n").encode())
    notifyctl("validate", "--fix")

    assert (here / "ingress.yaml").read_bytes() == mark + FIXED.replace("\n", "\r\n").encode()


def test_a_diff_changes_nothing_and_can_be_applied(notifyctl: Notifyctl, here: Path) -> None:
    (here / "ingress.yaml").write_text(INGRESS)
    outcome = notifyctl("validate", "--diff")
    assert (here / "ingress.yaml").read_text() == INGRESS

    subprocess.run(["git", "apply", "-"], input=outcome.out, text=True, cwd=here, check=True)
    assert (here / "ingress.yaml").read_text() == FIXED


def test_what_somebody_made_an_exception_for_is_not_fixed(notifyctl: Notifyctl, here: Path) -> None:
    text = INGRESS.replace("# an hour", '# notifyctl: ignore[K8324,NV002] reason="on purpose"')
    (here / "ingress.yaml").write_text(text)
    notifyctl("validate", "--fix")

    assert (here / "ingress.yaml").read_text() == text


def test_a_file_that_cannot_be_written_is_told(
    notifyctl: Notifyctl, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "ingress.yaml").write_text(INGRESS)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    outcome = notifyctl("validate", "--fix")

    assert outcome.status == 1
    assert outcome.err == (
        "notifyctl: ingress.yaml cannot be put right (Permission denied); make it writable, "
        "or correct it by hand.\n"
    )
