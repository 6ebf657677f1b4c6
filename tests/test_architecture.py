"""Who may import whom: read from the imports themselves, without exceptions."""

import ast
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

import pytest

from tests.support.sources import imports, modules, tree

# A module imports from its own level and from earlier ones, never from a later one.
# `notifyd.store.*` is the package with all that is in it. A new module belongs somewhere here.
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "language": (
        "notifyctl.errors",
        "notifyctl.wire.*",
    ),
    "core": (
        "notifyctl.client.backoff",
        "notifyctl.client.cursor",
        "notifyctl.client.keepalive",
        "notifyctl.client.publishing",
        "notifyctl.client.renewal",
        "notifyctl.client.session",
        "notifyctl.client.standing",
        "notifyctl.client.states",
        "notifyd",
        "notifyd.accept",
        "notifyd.attention.*",
        "notifyd.auth",
        "notifyd.drain",
        "notifyd.effects",
        "notifyd.greeting",
        "notifyd.keepalive",
        "notifyd.keys",
        "notifyd.notification",
        "notifyd.origins",
        "notifyd.problems",
        "notifyd.rate",
        "notifyd.receipts",
        "notifyd.refusal",
        "notifyd.resume",
        "notifyd.session",
        "notifyd.settings",
        "notifyd.standing",
        "notifyd.stream",
        "notifyd.token",
        "notifyd.upgrade",
    ),
    "durable": ("notifyd.store.*",),
    "shell": (
        "notifyctl",
        "notifyctl.client",
        "notifyctl.client.api",
        "notifyctl.client.backlog",
        "notifyctl.client.connection",
        "notifyctl.client.exchange",
        "notifyctl.client.link",
        "notifyctl.client.requests",
        "notifyctl.client.tokens",
        "notifyd.answers",
        "notifyd.cursors",
        "notifyd.delivery",
        "notifyd.health",
        "notifyd.http_api.*",
        "notifyd.hub",
        "notifyd.keyring",
        "notifyd.logs",
        "notifyd.metrics",
        "notifyd.port",
        "notifyd.secret",
        "notifyd.websocket",
        "notifyd.ws",
    ),
    "assembly": ("notifyd.app",),
    "tools": (
        "notifyctl.__main__",
        "notifyctl.bundled",
        "notifyctl.cli.*",
        "notifyctl.validate.*",
        "notifyctl.scaffold.*",
        "docs.generate.*",
        "loadtests.*",
    ),
}
NOWHERE: Final = "nowhere"
ORDER: Final = (*LEVELS, NOWHERE)

# Values in, values out: what waits, listens, remembers or looks at a clock has no place here.
PURE: Final = ("language", "core")
# The checks, too, but for those parts that read files and ask what runs.
READERS: Final = (
    "notifyctl.validate.cluster.*",
    "notifyctl.validate.config",
    "notifyctl.validate.discover",
    "notifyctl.validate.live.*",
    "notifyctl.validate.progress",
    "notifyctl.validate.reading",
    "notifyctl.validate.schema.build",
    "notifyctl.validate.texts",
)
# And those who judge a load run: what they say must not depend on when they are asked.
JUDGES: Final = (
    "loadtests.baseline",
    "loadtests.bitset",
    "loadtests.histogram",
    "loadtests.judgement",
    "loadtests.ledger",
    "loadtests.metrics",
    "loadtests.reading",
    "loadtests.report.numbers",
    "loadtests.sightings",
    "loadtests.stamp",
    "loadtests.threshold",
    "loadtests.verdict",
)
IMPURE: Final = frozenset(
    {
        "aiohttp",
        "asyncio",
        "gevent",
        "locust",
        "logging",
        "os",
        "pathlib",
        "prometheus_client",
        "random",
        "socket",
        "sqlite3",
        "subprocess",
        "threading",
        "time",
        "uvloop",
        "websockets",
    }
)


def levels_of(module: str) -> list[str]:
    """The levels that name the module: exactly one, if the table is right."""
    return [
        level
        for level, patterns in LEVELS.items()
        for pattern in patterns
        if module == pattern.removesuffix(".*") or fnmatchcase(module, pattern)
    ]


def level_of(module: str) -> str:
    """The module's level."""
    return next(iter(levels_of(module)), NOWHERE)


def is_pure(module: str) -> bool:
    """Whether a module takes values and gives values, and no more."""
    if level_of(module) in PURE or module in JUDGES:
        return True
    return module.startswith("notifyctl.validate") and not any(
        module == pattern.removesuffix(".*") or fnmatchcase(module, pattern) for pattern in READERS
    )


def own_imports() -> Iterator[tuple[str, str]]:
    """Every import of one of our modules by another, as a pair of names."""
    for module, path in modules().items():
        for imported in imports(tree(path)):
            if imported in modules() and imported != module:
                yield module, imported


def rank(module: str) -> int:
    """The place of the module's level; 0 is the language, which imports nothing else of ours."""
    return ORDER.index(level_of(module))


def test_every_module_belongs_to_one_level() -> None:
    misplaced = {module: levels_of(module) for module in modules() if len(levels_of(module)) != 1}

    assert misplaced == {}, "each module needs its one place in LEVELS"


@pytest.mark.parametrize("level", LEVELS)
def test_every_name_in_the_table_is_a_module(level: str) -> None:
    names = [pattern.removesuffix(".*") for pattern in LEVELS[level]]

    assert [name for name in names if name not in modules()] == []


def test_no_module_imports_from_a_later_level() -> None:
    wrong = [
        f"{module} ({level_of(module)}) imports {imported} ({level_of(imported)})"
        for module, imported in own_imports()
        if rank(imported) > rank(module)
    ]

    assert wrong == []


def test_the_client_knows_nothing_of_the_server() -> None:
    strangers = [
        f"{module} imports {imported}"
        for module, imported in own_imports()
        if module.startswith("notifyctl") and level_of(module) != "tools"
        if imported.startswith("notifyd")
    ]

    assert strangers == []


def test_language_core_checks_and_judges_touch_nothing_of_the_outside_world() -> None:
    impure = [
        f"{module} imports {imported}"
        for module, path in modules().items()
        if is_pure(module)
        for imported in imports(tree(path))
        if imported.partition(".")[0] in IMPURE
    ]

    assert impure == []


def test_no_two_modules_import_each_other() -> None:
    pairs = set(own_imports())

    assert sorted(pair for pair in pairs if pair[::-1] in pairs) == []


@pytest.mark.parametrize(
    ("source", "imported"),
    [
        ("import asyncio.queues", ["asyncio.queues"]),
        ("from notifyd import ws", ["notifyd.ws"]),
        ("from notifyd.ws import Port", ["notifyd.ws"]),
        ("def late():\n    from notifyd.app import run", ["notifyd.app"]),
        ("if TYPE_CHECKING:\n    from notifyctl.client.api import Api", ["notifyctl.client.api"]),
    ],
)
def test_an_import_is_found_wherever_it_stands(source: str, imported: list[str]) -> None:
    assert list(imports(ast.parse(source))) == imported
