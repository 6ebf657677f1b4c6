import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import TOPIC, is_device, is_name, is_topic, is_user, timestamp
from notifyctl.wire.names import NAME_PATTERN


@pytest.mark.parametrize("name", ["alice", "alice@example.org", "Zoë", "猫", "a b", "x" * 128])
def test_what_may_be_a_name(name: str) -> None:
    assert is_name(name)
    assert is_topic(TOPIC + name)


@pytest.mark.parametrize(
    "name", ["", "x" * 129, "猫" * 43, "a\nb", "\x00", "a\x7f", "\x9b31m", "\u2028", "\ud800"]
)
def test_what_may_not_be_a_name(name: str) -> None:
    assert not is_name(name)
    assert not is_topic(TOPIC + name)


@given(name=st.text(st.characters(exclude_categories=()), max_size=140))
def test_a_name_is_short_and_has_no_control_characters(name: str) -> None:
    if is_name(name):
        assert 1 <= len(name.encode()) <= 128
        assert not any(unicodedata.category(character) == "Cc" for character in name)
        assert re.fullmatch(NAME_PATTERN, name)


@given(stream=st.text(max_size=20))
def test_only_what_begins_as_a_topic_is_one(stream: str) -> None:
    assert not is_topic(stream) or stream.startswith("topic:")


@pytest.mark.parametrize("name", ["a", "laptop-2", "My.Phone_3", "x" * 64])
def test_what_may_be_a_device(name: str) -> None:
    assert is_device(name)


@pytest.mark.parametrize("name", ["", "x" * 65, "my phone", "phone\n", "telefón", "٣", "a/b"])
def test_what_may_not_be_a_device(name: str) -> None:
    assert not is_device(name)


@pytest.mark.parametrize(
    ("now", "written"),
    [
        (0.0, "1970-01-01T00:00:00.000Z"),
        (1_795_341_607.042, "2026-11-22T10:00:07.042Z"),
        (1_795_341_607.9999, "2026-11-22T10:00:07.999Z"),
    ],
)
def test_a_moment_is_written_to_the_millisecond(now: float, written: str) -> None:
    assert timestamp(now) == written


@given(first=st.integers(0, 2**41), second=st.integers(0, 2**41))
def test_moments_sort_as_they_are_written(first: int, second: int) -> None:
    assert (timestamp(first / 1000) <= timestamp(second / 1000)) == (first <= second)


def test_a_user_is_a_name_that_stands_for_nothing_else() -> None:
    assert is_user("alice")
    assert not any(map(is_user, ("me", "topic:news", "", "a\nb")))
