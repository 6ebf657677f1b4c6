from typing import Any

import pytest

from loadtests.abort import PATIENCE, Abort
from loadtests.threshold import parse
from tests.support.load_results import tick


def abort(*thresholds: str) -> Abort:
    return Abort([parse(text) for text in thresholds])


def test_a_run_in_which_all_is_well_goes_on() -> None:
    watch = abort("lost==0", "delivery.p99<250ms", "publish.ack.p99<1ms", "rate.achieved>=99%")

    assert [watch.broken(tick(second)) for second in range(60)] == [None] * 60


@pytest.mark.parametrize("text", ["lost==0", "lost<1", "lost<=0"])
def test_one_lost_message_decides(text: str) -> None:
    broken = abort("delivery.p99<1s", text).broken(tick(1, lost=1))

    assert broken is not None
    assert broken.text == text


@pytest.mark.parametrize("text", ["lost==3", "lost>=2", "lost!=2"])
def test_a_count_that_may_still_be_reached_decides_nothing(text: str) -> None:
    assert abort(text).broken(tick(1, lost=2)) is None


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("delivery.p99<250ms", "p99"),
        ("delivery.p99.9<250ms", "p999"),
        ("delivery.max<250ms", "max"),
    ],
)
def test_a_latency_decides_when_it_was_too_long_many_seconds_in_a_row(
    text: str, field: str
) -> None:
    watch = abort(text)
    slow: dict[str, Any] = {field: 251.0}
    found = [watch.broken(tick(second, **slow)) for second in range(PATIENCE)]

    assert found[:-1] == [None] * (PATIENCE - 1)
    assert found[-1] is not None


def test_one_good_second_begins_the_patience_anew() -> None:
    watch = abort("delivery.p99<250ms")
    seconds = [251.0] * (PATIENCE - 1) + [100.0] + [251.0] * (PATIENCE - 1)

    assert [watch.broken(tick(number, p99=p99)) for number, p99 in enumerate(seconds)] == [
        None
    ] * len(seconds)


def test_what_is_late_while_nothing_is_due_is_no_failure() -> None:
    watch = abort("delivery.p99<250ms")

    assert {watch.broken(tick(number, p99=900.0, asked=0)) for number in range(60)} == {None}
