"""The project's own code, as files and as modules."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

# Where the modules of a package are found, and under which name they are imported.
PACKAGES: Final = {
    "notifyctl": ROOT / "notifyctl",
    "notifyd": ROOT / "server" / "notifyd",
    "docs": ROOT / "docs",
    "loadtests": ROOT / "loadtests",
}


@cache
def modules() -> Mapping[str, Path]:
    """Every module by the name it is imported with: `notifyd.store.sqlite`."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join((package, *parts)).removesuffix(".__init__")] = path
    return found


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(), filename=str(path))


def imports(source: ast.Module) -> Iterator[str]:
    """What a file imports, wherever it does: also inside functions, and for types only.

    `from notifyd import ws` imports `notifyd.ws`; `from notifyd.ws import Port` the same.
    """
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None, "imports name their package in full"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else node.module
