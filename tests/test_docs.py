"""The documentation says what is true: its commands run, its examples parse, its links lead on."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Final

import pytest
import yaml

from docs.generate.__main__ import outdated
from tests.support.manual import Block, anchors, blocks, documents, links, name, pages
from tests.support.reader import Reader
from tests.support.sources import ROOT, modules

TUTORIAL: Final = ROOT / "docs" / "tutorial.md"
FOLLOWED: Final = [
    ROOT / "README.md",
    TUTORIAL,
    *(page for page in documents() if page.parent.name == "how-to"),
]

# What these tests do not try, and why.
ELSEWHERE: Final = {
    "apt-get": "it changes the machine",
    "debootstrap": "it needs root and minutes",
    "buildah": "it needs root and minutes; tests/image/try-image.sh runs it",
    "tests/image/try-image.sh": "it needs root and a minute; run it by hand",
    "docker": "it needs a daemon; tests/image/try-image.sh builds and tries the same image",
    "kubectl": "it needs a cluster; tests/manifests looks at what it would apply",
    "sudo": "it changes the machine",
}
# What is tried wherever it is installed.
CLIENTS: Final = ("curl", "wscat", "websocat")
_FIRST_WORDS: Final = re.compile(r"(?:^|\$\(|\| *)([\w./-]+)(?= |$)", re.MULTILINE)


def outside_tools(block: Block) -> list[str]:
    """The tools of a block that are not run here."""
    words = _FIRST_WORDS.findall(block.text)
    absent = [tool for tool in CLIENTS if shutil.which(tool) is None]
    return [tool for tool in (*ELSEWHERE, *absent) if tool in words]


def commands(page: Path) -> list[Block]:
    """The blocks of a page that a reader runs."""
    return [block for block in blocks(page) if block.language == "sh"]


LEFT_OUT: Final = [
    pytest.param(tool, id=f"{name(page)}:{block.line}:{tool}")
    for page in FOLLOWED
    for block in commands(page)
    for tool in outside_tools(block)
]


@pytest.mark.parametrize("page", FOLLOWED, ids=name)
def test_a_reader_who_follows_the_page_sees_what_it_says(page: Path, tmp_path: Path) -> None:
    followed = [block for block in blocks(page) if not outside_tools(block)]
    with Reader(tmp_path) as reader:
        if not any("serve" in block.text for block in followed):
            reader.serve()
        for block in followed:
            reader.follow(block)


@pytest.mark.parametrize("tool", LEFT_OUT)
def test_what_cannot_be_tried_here_is_said(tool: str) -> None:
    pytest.skip(f"{tool} was not tried: {ELSEWHERE.get(tool, 'it is not installed')}")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_examples_can_be_read(page: Path) -> None:
    for block in blocks(page):
        match block.language:
            case "json":
                assert json.loads(block.text) is not None
            case "toml":
                assert tomllib.loads(block.text)
            case "yaml":
                assert list(yaml.safe_load_all(block.text))
            case "python":
                compile(block.text, f"{name(page)}:{block.line}", "exec")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in links(page) if not leads(page, link)]

    assert broken == []


def leads(page: Path, link: str) -> bool:
    """Whether a link within the project has its file and its heading; others are taken on trust."""
    if "://" in link:
        return True
    place, _, heading = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    return target.exists() and (not heading or heading in anchors(target))


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link.partition("#")[0]).resolve() for link in links(index)}

    assert [name(page) for page in documents() if page not in linked | {index}] == []


def test_the_reference_is_what_the_code_says() -> None:
    assert outdated() == []


def test_the_servers_map_names_every_module() -> None:
    words = (ROOT / "server" / "README.md").read_text()
    unnamed = [
        module
        for module, path in modules().items()
        if module.startswith("notifyd.") and path.name != "__init__.py"
        if f"`{path.name}`" not in words
    ]

    assert unnamed == []


@pytest.mark.parametrize("page", pages(), ids=name)
def test_files_that_a_page_names_are_there(page: Path) -> None:
    named = re.findall(r"`((?:loadtests|notifyctl|server|docs|tests)/[\w./-]*)`", page.read_text())

    assert [path for path in named if not (ROOT / path).exists()] == []
