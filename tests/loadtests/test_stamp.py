import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.stamp import Stamp, Stamped, data, stamp_in
from notifyctl.wire import Notification

STAMP = Stamp(run="2f6c01ab", publisher="w1", to="alice", seq=7, due_us=1_500_000, clock="b007")
stamps = st.builds(
    Stamp,
    run=st.text(),
    publisher=st.text(),
    to=st.text(),
    seq=st.integers(1, 2**40),
    due_us=st.integers(0, 2**50),
    clock=st.text(),
)


def test_on_the_wire_a_stamp_is_small() -> None:
    assert data(STAMP) == {
        "x": {"r": "2f6c01ab", "w": "w1", "u": "alice", "s": 7, "d": 1_500_000, "c": "b007"}
    }


@given(stamps)
def test_a_stamp_comes_out_of_a_notification_as_it_went_in(stamp: Stamp) -> None:
    event = Notification(
        seq=1, id="i", at="t", title="t", sender="s", category="c", level="low", data=data(stamp)
    )
    received = msgspec.json.decode(msgspec.json.encode(event), type=Notification)

    assert stamp_in(received.data) == stamp


@given(stamps)
def test_a_receiver_may_decode_the_stamp_alone(stamp: Stamp) -> None:
    text = msgspec.json.encode(data(stamp) | {"more": [1, 2]})

    assert msgspec.json.decode(text, type=Stamped).stamp == stamp


@pytest.mark.parametrize("foreign", [None, {}, {"y": 1}, {"x": 5}, {"x": {"r": "only"}}])
def test_what_others_publish_has_no_stamp(foreign: dict[str, object] | None) -> None:
    assert stamp_in(foreign) is None


def test_a_latency_counts_from_when_the_message_was_due() -> None:
    assert STAMP.latency_us(1_504_200, "b007") == 4_200


def test_another_machines_clock_tells_no_latency() -> None:
    assert STAMP.latency_us(1_504_200, "c10c") is None


def test_a_message_has_one_key_and_a_name_to_read() -> None:
    later = msgspec.structs.replace(STAMP, due_us=9)

    assert STAMP.key == later.key == "2f6c01ab-w1-7"
    assert str(STAMP.message) == "#7 of w1 to alice"


@pytest.mark.parametrize("field", ["run", "publisher", "seq"])
def test_another_message_has_another_key(field: str) -> None:
    other = msgspec.structs.replace(STAMP, **{field: 8 if field == "seq" else "other"})

    assert other.key != STAMP.key
