"""The tests mirror the code: whoever looks for the test of a module knows its path."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.sources import PACKAGES, ROOT, modules

TESTS: Final = ROOT / "tests"
MIRRORED: Final = {
    "loadtests": TESTS / "loadtests",
    "notifyctl": TESTS / "notifyctl",
    "notifyd": TESTS / "server",
}

# Modules without a test file of their own, and why that is right.
UNTESTED: Final[Mapping[str, str]] = {
    "loadtests": "a docstring",
    "loadtests.bench": "a docstring",
    "loadtests.bench.peers": "a docstring",
    "loadtests.bench.peers.bare_websockets": "a program; the fan-out and the accepts run it",
    "loadtests.bench.peers.peer": "what peers have in common; the fan-out runs them",
    "loadtests.bench.peers.write_loop": "a program; the fan-out runs it",
    "loadtests.crash": "a docstring",
    "loadtests.crash.crowd": "the crash test runs it",
    "loadtests.crash.device": "the crash test runs it",
    "loadtests.crash.library": "the crash test runs it",
    "loadtests.crash.receipts": "the crash test runs it",
    "loadtests.crash.run": "the crash test runs it",
    "loadtests.report": "a docstring",
    "loadtests.crew": "drives Locust, which only a runner may load; test_runner.py plays it",
    "loadtests.scenarios": "a docstring",
    "loadtests.users": "Locust's users; test_runner.py plays them",
    "notifyctl.client": "a docstring",
    "notifyctl.client.cursor": "a protocol; those who keep to it are tested",
    "notifyctl.scaffold": "a docstring",
    "notifyctl.validate.cluster": "a docstring",
    "notifyctl.validate.dockerfile": "gathers the words of its modules",
    "notifyctl.validate.kubernetes": "gathers the names of its modules",
    "notifyctl.validate.kubernetes.kustomize": "a docstring",
    "notifyctl.validate.compose": "gathers the names of its modules",
    "notifyctl.validate.live": "a docstring",
    "notifyctl.validate.progress": "a protocol; those who are told by it are tested",
    "notifyctl.validate.schema": "a docstring",
    "notifyctl.validate": "a docstring",
    "notifyctl.validate.rules": "gathers the rules; test_examples.py tries each of them",
    "notifyctl.wire": "gathers the words of its modules",
    "notifyd": "a docstring",
    "notifyd.effects": "plain values; the session that asks for them is tested",
    "notifyd.http_api": "a docstring",
    "notifyd.http_api.node": "plain values",
    "notifyd.store.store": "the promises themselves; test_promises.py asks every store for them",
}

# Test files that belong to no single module, and what they are about.
SHARED: Final[Mapping[str, str]] = {
    "loadtests/crash/test_planted_faults.py": "the books catch each fault, and name it",
    "notifyctl/validate/rules/test_examples.py": "the examples of all rules",
    "notifyctl/cli/test_init_command.py": "`notifyctl init`; test_init.py is the command line",
    "notifyctl/client/test_resuming.py": "a client's session whatever breaks around it",
    "notifyctl/validate/dockerfile/test_oracle.py": "Docker's own parser finds the same",
    "notifyctl/validate/test_foreign.py": "right files of other people: no rule calls them wrong",
    "notifyctl/validate/test_robustness.py": "broken files of all kinds: no rule fails on them",
    "notifyctl/validate/schema/test_agreement.py": "the walker judges as jsonschema does",
    "server/store/test_promises.py": "what every store promises",
    "server/store/test_lockstep.py": "SQLite and memory answer alike, whatever is asked",
}


def place(module: str) -> Path:
    """Where a module's test belongs: `notifyd.store.sqlite` in `server/store/test_sqlite.py`."""
    package = module.partition(".")[0]
    path = modules()[module].relative_to(PACKAGES[package])
    return MIRRORED[package] / path.with_name(f"test_{path.stem.strip('_')}.py")


def mirrored_modules() -> list[str]:
    """The modules of the packages that the tests mirror; `docs` is tested by its pages."""
    return [module for module in modules() if module.partition(".")[0] in MIRRORED]


def test_every_module_has_its_test() -> None:
    missing = [
        f"{module}: {place(module).relative_to(ROOT)}"
        for module in mirrored_modules()
        if module not in UNTESTED and not place(module).exists()
    ]

    assert missing == []


def test_every_test_has_its_module() -> None:
    places = {place(module) for module in mirrored_modules()}
    files = [path for folder in MIRRORED.values() for path in folder.rglob("test_*.py")]
    strays = [
        str(path.relative_to(ROOT))
        for path in files
        if path not in places and str(path.relative_to(TESTS)) not in SHARED
    ]

    assert strays == []


def test_what_is_excused_still_needs_to_be() -> None:
    needless = [name for name in UNTESTED if name not in modules() or place(name).exists()]
    gone = [name for name in SHARED if not (TESTS / name).exists()]

    assert needless + gone == []
