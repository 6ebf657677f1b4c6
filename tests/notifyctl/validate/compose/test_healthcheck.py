import pytest

from notifyctl.validate.compose.healthcheck import Healthcheck, read_healthcheck
from notifyctl.validate.compose.interpolation import UNKNOWN, interpolate
from tests.support.compose import tree


def read(text: str) -> Healthcheck:
    found = read_healthcheck(interpolate(tree(text), {}))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("test", "command", "is_shell"),
    [
        ("curl -f localhost", "curl -f localhost", True),
        ("[CMD, curl, -f, localhost]", "curl -f localhost", False),
        ("[CMD-SHELL, curl -f localhost]", "curl -f localhost", True),
    ],
)
def test_the_command_is_read_in_every_syntax(test: str, command: str, is_shell: bool) -> None:
    check = read(f"test: {test}")

    assert (check.command, check.is_shell, check.is_disabled) == (command, is_shell, False)


@pytest.mark.parametrize("text", ["disable: true", "test: [NONE]", "test: NONE"])
def test_a_check_can_be_switched_off(text: str) -> None:
    assert read(text).is_disabled


def test_disable_false_switches_nothing_off() -> None:
    assert not read("disable: false").is_disabled


def test_times_are_seconds() -> None:
    check = read("{interval: 1m, timeout: 5s, start_period: 500ms}")

    assert (check.interval, check.timeout, check.start_period) == (60, 5, 0.5)


def test_times_that_are_not_given_or_not_known_are_none() -> None:
    check = read("interval: ${INTERVAL}\ntimeout: 30")

    assert (check.interval, check.timeout, check.start_period) == (None, None, None)


def test_what_is_unknown_of_a_command_stays_unknown() -> None:
    assert read("test: curl localhost:$PORT").command == f"curl localhost:{UNKNOWN}"


@pytest.mark.parametrize("text", ["[]", "text", "3"])
def test_what_is_no_mapping_is_no_healthcheck(text: str) -> None:
    assert read_healthcheck(tree(text)) is None
