from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.spec import Spec
from loadtests.topology import addresses, all_seats, most_seats, seats, senders
from notifyctl.wire import is_device, is_topic, is_user


def spec(**options: Any) -> Spec:
    return msgspec.convert({"scenario": "delivery", "run": "0a1b2c3d", **options}, Spec)


specs = st.builds(
    spec,
    scenario=st.sampled_from(["delivery", "fanout"]),
    users=st.integers(1, 40),
    connections=st.integers(1, 60),
    topics=st.integers(1, 5),
    subscribers=st.integers(1, 5),
    rate=st.floats(1, 5000),
)


@given(spec=specs, of=st.integers(1, 4))
def test_every_seat_is_taken_once(spec: Spec, of: int) -> None:
    taken = [seat for index in range(of) for seat in seats(spec, index, of)]

    assert len(taken) == len(set(taken)) == all_seats(spec)
    assert all(is_user(seat.user) and is_device(seat.device) for seat in taken)
    assert all(is_topic(topic) for seat in taken for topic in seat.topics)


@given(spec=specs, of=st.integers(1, 4))
def test_publishers_and_receivers_of_an_address_are_in_one_process(spec: Spec, of: int) -> None:
    for index in range(of):
        here = seats(spec, index, of)
        followed = {name for seat in here for name in (seat.topics or (seat.user,))}
        assert followed == set(addresses(spec, index, of))


@given(spec=specs, of=st.integers(1, 4))
def test_the_publishers_share_all_addresses_and_the_whole_rate(spec: Spec, of: int) -> None:
    all_senders = [sender for index in range(of) for sender in senders(spec, index, of)]
    sent_to = Counter(to for sender in all_senders for to in sender.addresses)

    assert set(sent_to.values()) <= {1}
    assert sum(sender.part for sender in all_senders) == pytest.approx(1.0)
    assert len({sender.name for sender in all_senders}) == len(all_senders)


def test_several_sessions_of_a_user_are_its_devices() -> None:
    found = seats(spec(users=2, connections=5), 0, 1)

    assert [(seat.user[-2:], seat.device) for seat in found] == [
        ("u0", "d0"),
        ("u1", "d0"),
        ("u0", "d1"),
        ("u1", "d1"),
        ("u0", "d2"),
    ]


def test_nobody_writes_to_users_who_are_not_there() -> None:
    assert len(addresses(spec(users=100, connections=3), 0, 1)) == 3


def test_no_token_has_to_publish_faster_than_servers_allow() -> None:
    fast = spec(users=1000, connections=1000, rate=10_000)

    assert max(10_000 * sender.part for sender in senders(fast, 0, 1)) <= 400
    assert len(senders(spec(rate=10), 0, 1)) == 1


def test_the_largest_share_is_known() -> None:
    assert most_seats(spec(users=5, connections=5, processes=2)) == 3
