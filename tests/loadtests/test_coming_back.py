from random import Random

import pytest

from loadtests.coming_back import ComingBack, Ending, ending
from loadtests.spec import Return
from notifyctl.wire import Retry, close_reason
from notifyctl.wire.close import CloseCode


def coming_back(manner: Return, spread: float = 5.0) -> ComingBack:
    return ComingBack(manner, spread, Random(1))


def test_what_the_server_asks_for_comes_first() -> None:
    for manner in ("immediate", "spread", "jitter"):
        assert coming_back(manner).delay(1830) == 1.83


def test_who_comes_back_at_once_does_so_only_once() -> None:
    device = coming_back("immediate")

    assert device.delay() == 0.0
    assert device.delay() >= 0.1


def test_who_spreads_comes_within_that_time() -> None:
    delays = [coming_back("spread", 5.0).delay() for _ in range(3)]
    device = ComingBack("spread", 5.0, Random(2))
    many = []
    for _ in range(200):
        many.append(device.delay())
        device.welcomed()

    assert delays == [delays[0]] * 3
    assert max(many) <= 5.0
    assert max(many) - min(many) > 4.0


def test_jitter_doubles_until_the_connection_stands_again() -> None:
    device = coming_back("jitter")
    device.welcomed(Retry(base_ms=500, cap_ms=20_000))
    first = max(device.delay() for _ in range(1))
    later = [device.delay() for _ in range(20)]
    device.welcomed()

    assert first <= 0.5
    assert max(later) > 0.5
    assert device.delay() <= 0.5


@pytest.mark.parametrize(
    ("code", "is_final"), [(4401, False), (4402, False), (1006, False), (4501, True), (1002, True)]
)
def test_the_range_of_a_code_decides_whether_a_device_comes_back(code: int, is_final: bool) -> None:
    assert Ending(code).is_final is is_final


def test_a_close_frame_may_say_when() -> None:
    assert ending(4401, close_reason(CloseCode.DRAINING, 1830)) == Ending(4401, 1830)
    assert ending(1012, "proxy restarts") == Ending(1012)
    assert ending(1006, "") == Ending(1006)
