"""Rules of the house that a reader feels: small rooms, nothing unfinished, no drawers."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.support.sources import ROOT, modules, tree

MAX_FILE_LINES: Final = 400
MAX_FUNCTION_LINES: Final = 60

# Written in two halves, so that this file does not find itself.
UNFINISHED: Final = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|NotImplemented" r"Error)\b")
DRAWERS: Final = frozenset({"common", "helpers", "misc", "utils"})

SUFFIXES: Final = frozenset({".css", ".html", ".js", ".md", ".py", ".sh", ".sql", ".toml", ".yaml"})
PLACES: Final = ("docs", "loadtests", "manifests", "notifyctl", "server", "tests")


def written_files() -> Iterator[Path]:
    """Everything that people write and read here."""
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in SUFFIXES)
    yield from (ROOT / name for name in ("Dockerfile", "Makefile"))
    for place in PLACES:
        yield from (path for path in (ROOT / place).rglob("*") if path.suffix in SUFFIXES)


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines a function's body has.

    A command's options stand in its signature, a rule's manual page in its docstring.
    """
    assert node.end_lineno is not None
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        assert first.end_lineno is not None
        return node.end_lineno - first.end_lineno
    return node.end_lineno - first.lineno + 1


def test_a_file_is_read_in_one_sitting() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in modules().values()
        if (count := len(path.read_text().splitlines())) > MAX_FILE_LINES
    }

    assert long == {}


def test_a_function_is_seen_at_once() -> None:
    long = {
        f"{module}.{node.name}": lines(node)
        for module, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines(node) > MAX_FUNCTION_LINES
    }

    assert long == {}


def test_nothing_is_left_unfinished() -> None:
    marks = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in written_files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]

    assert marks == []


def test_there_are_no_drawers() -> None:
    drawers = [
        str(path.relative_to(ROOT))
        for path in written_files()
        if DRAWERS & set(path.relative_to(ROOT).with_suffix("").parts)
    ]

    assert drawers == []
