"""Too much, too slow, or nothing at all on port 8001: others go on, and memory is bounded."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from notifyctl import wire
from notifyctl.wire import CloseCode
from tests.support.bystanders import wait_until
from tests.support.raw_websocket import (
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Intruder,
    attack,
    frame,
    request,
    said,
)
from tests.support.siege import Siege, siege

pytestmark = [pytest.mark.xdist_group("hostile-websocket"), pytest.mark.usefixtures("unharmed")]

# `make crowd` brings ten thousand.
CROWD: Final = int(os.environ.get("NOTIFYCTL_CROWD", "500"))
# What one of them may cost at most.
KIB_EACH: Final = 64


# Too much

STILL_HERE: Final = said('{"type":"ping","id":"still here"}')
FLOODS: Final = {
    "pings of the protocol": frame(PING, b"x") * 12_000,
    "pongs that nobody asked for": frame(PONG) * 12_000,
    "pings": said('{"type":"ping","id":1}') * 12_000,
    "acks": said('{"type":"ack","stream":"inbox","epoch":"e","seq":1}') * 12_000,
    "what is no JSON": said("}{") * 12_000,
    "empty fragments": frame(TEXT, b"", fin=False)
    + frame(CONTINUATION, b"", fin=False) * 12_000
    + frame(CONTINUATION, b"{}"),
    "subscribes": said('{"type":"subscribe","id":1,"stream":"topic:x","after":0}') * 1_500,
    "topics": b"".join(
        said(f'{{"type":"subscribe","id":1,"stream":"topic:{n}"}}') for n in range(1_500)
    ),
    "reads": said('{"type":"read","id":1,"through":1}') * 1_500,
    "tokens": said('{"type":"token","id":1,"token":"a.b.c"}') * 1_500,
    "publishes": said('{"type":"publish","id":1,"to":"me","title":"x"}') * 3_000,
}


@pytest.mark.parametrize("name", FLOODS)
def test_who_sends_too_much_is_read_more_slowly_and_others_go_on(
    besieged: Siege, name: str
) -> None:
    before = besieged.listener.times

    answer = attack(
        besieged.server.ws_port,
        [besieged.greeted("flood"), FLOODS[name], STILL_HERE],
        until=b"still here",
    )

    assert answer.code is None
    assert besieged.listener.times > before


def test_who_floods_and_reads_no_answer_is_closed(besieged: Siege) -> None:
    with Intruder(besieged.server.ws_port, deaf=True) as intruder:
        intruder.say(besieged.greeted("flood"))
        pings = frame(PING, b"x" * 125) * 1_000
        while intruder.say(pings):
            pass


def test_several_floods_at_once_leave_room_for_others(besieged: Siege) -> None:
    pings = said('{"type":"ping","id":1}') * 12_000
    intruders = [Intruder(besieged.server.ws_port) for _ in range(10)]
    before = besieged.listener.times
    for number, intruder in enumerate(intruders):
        intruder.say(besieged.greeted(f"flood-{number}"), pings[:200_000])
    for intruder in intruders:
        intruder.hear(seconds=0.2)
        intruder.close()

    assert besieged.listener.times > before


# Too slow


@pytest.mark.parametrize(
    "opening",
    [b"", b"GET /ws HTTP/1.1\r\nX: "],
    ids=["the first line", "a header"],
)
def test_a_request_that_comes_byte_by_byte_is_cut_off(besieged: Siege, opening: bytes) -> None:
    with Intruder(besieged.server.ws_port) as intruder:
        intruder.say(opening)
        while intruder.say(b"x"):
            time.sleep(0.05)

        assert intruder.hear().ended


def test_a_hello_that_comes_byte_by_byte_is_cut_off(besieged: Siege) -> None:
    with Intruder(besieged.server.ws_port) as intruder:
        intruder.say(request(), frame(TEXT, announced=60_000))
        while intruder.answer.code is None:
            intruder.say(b"x")
            intruder.hear(seconds=0.05)

        assert intruder.answer.code == CloseCode.HELLO_TIMEOUT


# Gone without a word


def test_a_frame_that_is_cut_by_the_end_of_the_stream_ends_the_session(besieged: Siege) -> None:
    with Intruder(besieged.server.ws_port) as intruder:
        intruder.say(besieged.greeted(), said("{}")[:-1])
        intruder.half_close()

        assert intruder.hear().ended


def test_a_probe_is_answered_although_nothing_more_will_come(besieged: Siege) -> None:
    with Intruder(besieged.server.ws_port) as intruder:
        intruder.say(request("/readyz"))
        intruder.half_close()

        assert intruder.hear().status == 200


def test_a_peer_that_vanished_is_dropped_while_events_wait_for_it(besieged: Siege) -> None:
    note = wire.Publish(id=1, to="gone", title="x", body="x" * 4_000)
    with Intruder(besieged.server.ws_port) as gone, Intruder(besieged.server.ws_port) as sender:
        gone.say(besieged.greeted("gone"))
        gone.hear(until=b"welcome")
        sender.say(besieged.greeted("sender"), said(note) * 100)
        sender.hear(until=b'"seq":100')
        sender.close()

        besieged.assert_unharmed()  # Although the socket of `gone` is open still.


def test_a_crowd_that_never_says_hello_costs_little_and_ends(tmp_path: Path) -> None:
    patience = 2 + CROWD // 500  # They all shall be there before the first one has to go.
    with siege(tmp_path / "data", NOTIFYD_HELLO_SECONDS=str(patience)) as here, crowd(here) as all_:
        codes = {silent.hear(seconds=patience + 20).code for silent in all_}

        assert codes == {CloseCode.HELLO_TIMEOUT, None}
        here.assert_unharmed(CROWD * KIB_EACH)


@contextmanager
def crowd(here: Siege) -> Iterator[list[Intruder]]:
    """Connections of which every second one asks for an upgrade, and none says more."""
    before, received = here.memory_kib(), here.listener.times
    silent = [Intruder(here.server.ws_port) for _ in range(CROWD)]
    for one in silent[::2]:
        one.say(request())
    wait_until(lambda: here.figure("notifyd_connections") == CROWD + 1)
    each = (here.memory_kib() - before) / CROWD
    print(f"{CROWD} silent connections: {each:.1f} KiB each")  # noqa: T201 - for `make crowd`
    assert each < KIB_EACH
    wait_until(lambda: here.listener.times > received)
    try:
        yield silent
    finally:
        for one in silent:
            one.close()
