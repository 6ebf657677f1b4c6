"""The files of an installation: all that notifyctl brings along, and no name of its own in them."""

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from notifyctl.bundled import bundled
from notifyctl.scaffold.files import adapted, installation, marks
from notifyctl.scaffold.names import Names
from tests.support.sources import ROOT

VERSION: Final = "0.1.0"
NAMES: Final = Names(
    name="ping", namespace="team", host="ping.example.com", repository="hub.example.com/x", tag="2"
)
FILES: Final = installation(bundled(), NAMES, VERSION)


def test_every_manifest_of_the_project_is_written() -> None:
    kubernetes = ROOT / "manifests" / "kubernetes"
    manifests = {
        f"kubernetes/{path.relative_to(kubernetes)}"
        for path in kubernetes.rglob("*")
        if path.is_file()
    }

    beside = {".dockerignore", "Dockerfile", "compose.yaml", "compose.production.yaml"}
    assert set(FILES) == manifests | beside | {"constraints.txt", "secrets/.gitignore"}
    assert list(FILES) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_no_file_keeps_a_name_of_the_project(name: str) -> None:
    theirs = (
        rf"\bnotifyd\b|\brealtime\b|notify\.example\.org|notifyctl:{re.escape(VERSION)}|\.\./\.\.$"
    )

    assert re.findall(theirs, FILES[name]) == []


@pytest.mark.parametrize("mark", marks(NAMES, VERSION))
def test_every_mark_stands_somewhere(mark: str) -> None:
    places = [*(ROOT / "manifests").rglob("*.yaml"), *(ROOT / "manifests").rglob("*.md")]

    assert any(mark in path.read_text() for path in [ROOT / "Dockerfile", *places])


def test_with_the_projects_own_names_the_manifests_stay_as_they_are() -> None:
    own = Names(
        name="notifyd",
        namespace="realtime",
        host="notify.example.org",
        repository="notifyctl",
        tag=VERSION,
    )

    for name, text in installation(bundled(), own, VERSION).items():
        if name.startswith("kubernetes/"):
            assert text == (ROOT / "manifests" / name).read_text()


@pytest.mark.parametrize(
    ("text", "becomes"),
    [
        ("name: notifyd", "name: ping"),
        ("name: notifyd-data", "name: ping-data"),
        ("exec notifyd notifyctl token", "exec ping notifyctl token"),
        ("namespace: realtime", "namespace: team"),
        ("--namespace realtime --from-file", "--namespace team --from-file"),
        ("wss://notify.example.org/ws", "wss://ping.example.com/ws"),
        ("image: notifyctl:0.1.0", "image: hub.example.com/x:2"),
        ('newName: notifyctl\n newTag: "0.1.0"', 'newName: hub.example.com/x\n newTag: "2"'),
        ("ARG NOTIFYCTL=.", "ARG NOTIFYCTL=notifyctl==0.1.0"),
        ("context: ../..", "context: ."),
    ],
)
def test_a_mark_becomes_the_chosen_name(text: str, becomes: str) -> None:
    assert adapted(text, NAMES, VERSION) == becomes


@pytest.mark.parametrize(
    "text",
    [
        "NOTIFYD_HOST",
        "notifyd_sessions 3",
        "image: notifyctl",
        "notifyctl.dev/ignore",
        "not_notifyd",
        "../../base",
    ],
)
def test_what_belongs_to_the_server_keeps_its_name(text: str) -> None:
    assert adapted(text, NAMES, VERSION) == text


def test_chosen_names_are_not_taken_for_marks() -> None:
    circular = Names(name="realtime", namespace="notifyd", host="notifyd.example.org",
                     repository="registry.example.org/notifyd", tag="0.1.0")  # fmt: skip

    assert adapted("namespace: realtime\nname: notifyd", circular, VERSION) == (
        "namespace: notifyd\nname: realtime"
    )


def test_the_image_is_built_from_nothing_but_what_it_needs() -> None:
    lines = [line for line in FILES[".dockerignore"].splitlines() if not line.startswith("#")]

    assert lines == ["*", "!constraints.txt", "!*.whl"]


def test_secrets_are_kept_out_of_what_is_committed() -> None:
    compose = yaml.load(FILES["compose.production.yaml"], WithTags)
    (secret,) = compose["secrets"].values()

    assert Path(secret["file"]).parent == Path("secrets")
    assert FILES["secrets/.gitignore"].splitlines()[1:] == ["*", "!.gitignore"]


class WithTags(yaml.SafeLoader):
    """Reads the tags of compose as if they were not there."""


WithTags.add_constructor("!reset", lambda _loader, _node: None)
