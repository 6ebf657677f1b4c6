"""The tests mirror the code: whoever looks for the test of a module knows its path."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.support.sources import ROOT, modules

TESTS: Final = ROOT / "tests"

# Modules without a test file of their own, and why that is right.
UNTESTED: Final[Mapping[str, str]] = {
    "notifyctl.client": "a docstring",
    "notifyctl.client.cursor": "a protocol; whoever keeps it is tested",
    "notifyctl.wire": "names its modules' words in one place",
    "notifyd": "a docstring",
    "notifyd.effects": "plain values; the session that gives them is tested",
    "notifyd.http_api": "a docstring",
    "notifyd.http_api.node": "plain values",
}

# Tests of no module in particular, and what they are about instead.
OF_THE_WHOLE: Final[Mapping[str, str]] = {
    "tests/server/store/test_promises.py": "what every store promises",
}


def mirrored(module: str) -> Path:
    """Where a module's test belongs: `notifyd.store.sqlite` in `server/store/test_sqlite.py`."""
    package, *folders, name = (
        f"{module}.__init__".split(".") if is_package(module) else module.split(".")
    )
    folder = TESTS / ("server" if package == "notifyd" else package)
    return folder.joinpath(*folders, f"test_{name.strip('_')}.py")
