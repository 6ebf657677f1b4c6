import subprocess
import sys

import pytest

import notifyctl


@pytest.mark.parametrize("name", notifyctl.__all__)
def test_every_name_is_there_when_it_is_used(name: str) -> None:
    assert getattr(notifyctl, name).__name__ == name
    assert name in dir(notifyctl)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Clinet"):
        notifyctl.Clinet  # noqa: B018


@pytest.mark.parametrize(
    ("statement", "unneeded"),
    [
        ("import notifyctl", ["asyncio", "http.client", "msgspec", "websockets"]),
        ("from notifyctl import Api", ["aiohttp", "asyncio", "websockets"]),
        ("from notifyctl import Client", ["aiohttp", "http.server", "notifyd"]),
    ],
)
def test_only_what_is_used_is_loaded(statement: str, unneeded: list[str]) -> None:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert not set(unneeded) & set(loaded)
