"""What a person writes as an option, and what it becomes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from notifyctl.cli.options import to_level, to_moment, to_seconds
from notifyctl.errors import UsageError
from notifyctl.wire import LEVELS

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("1h", 3600), ("250ms", 0.25)])
def test_a_time_has_a_unit_or_counts_seconds(text: str, seconds: float) -> None:
    assert to_seconds(text) == seconds


@pytest.mark.parametrize("text", ["soon", "", "1w", "-1s"])
def test_what_is_no_time_is_refused_with_the_units(text: str) -> None:
    with pytest.raises(UsageError, match="ms, s, m, h, d"):
        to_seconds(text)


@pytest.mark.parametrize("text", ["0", "0.0s", "99999d"])
def test_a_time_is_neither_nothing_nor_forever(text: str) -> None:
    with pytest.raises(UsageError, match="out of range"):
        to_seconds(text)


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_one_of_the_wire(level: str) -> None:
    assert to_level(level) == level


def test_another_level_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'urgent'; levels are low, normal, high, critical"):
        to_level("urgent")


def test_a_moment_is_a_time_from_now_or_a_date() -> None:
    berlin = timezone(timedelta(hours=1))

    assert to_moment("2h", NOW.timestamp()) == NOW + timedelta(hours=2)
    assert to_moment("2026-12-24T18:00:00Z", 0.0) == datetime(2026, 12, 24, 18, tzinfo=UTC)
    assert to_moment("2026-12-24T18:00+01:00", 0.0) == datetime(2026, 12, 24, 18, tzinfo=berlin)


def test_a_date_without_a_zone_is_local() -> None:
    local = datetime(2026, 12, 24, 18).astimezone()

    assert to_moment("2026-12-24T18:00", 0.0) == local
    assert to_moment("2026-12-24T18:00", 0.0).tzinfo is not None


def test_what_is_no_moment_is_refused() -> None:
    with pytest.raises(UsageError, match="'tomorrow' is no time"):
        to_moment("tomorrow", 0.0)
