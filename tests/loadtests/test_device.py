from collections.abc import Iterator
from contextlib import contextmanager

import gevent
import msgspec
import pytest
from websockets.sync.server import ServerConnection

from loadtests.device import Device
from loadtests.spec import Target
from loadtests.topology import Seat
from loadtests.worker import Worker
from notifyctl.wire import (
    INBOX,
    Ack,
    AnyClientFrame,
    Claim,
    Events,
    Gap,
    Hello,
    Notification,
    Resume,
    StreamState,
    close_reason,
    decode_client,
    encode,
)
from notifyctl.wire.close import CloseCode
from tests.support.frames import welcome
from tests.support.load_workers import SECRET, until, worker
from tests.support.scripted_peer import Script, scripted_peer

USER = "load-0a1b2c3d-u0"


class Talk:
    """What a server says to one device, one connection after another, and what it hears."""

    def __init__(self) -> None:
        self.heard: list[AnyClientFrame] = []
        self.connections = 0

    def hello(self, socket: ServerConnection, after: int = 0, resume: Resume = "exact") -> Hello:
        """Take the hello, and welcome the device."""
        self.connections += 1
        frame = self.hear(socket)
        assert isinstance(frame, Hello)
        state = StreamState(epoch="e1", head=after, after=after, resume=resume)
        self.say(socket, streams={INBOX: state})
        return frame

    def say(self, socket: ServerConnection, streams: dict[str, StreamState]) -> None:
        """Welcome the device."""
        socket.send(encode(msgspec.structs.replace(welcome(), streams=streams)).decode())

    def events(self, socket: ServerConnection, *places: int, live: bool = True) -> None:
        """Send events, as somebody else published them."""
        events = [
            Notification(
                seq=place,
                id=f"id-{place}",
                at="2026-11-22T10:00:07.042Z",
                title="hello",
                sender="s",
                category="general",
                level="normal",
            )
            for place in places
        ]
        frame = Events(stream=INBOX, epoch="e1", live=live, events=list(events))
        socket.send(encode(frame).decode())

    def hear(self, socket: ServerConnection) -> AnyClientFrame:
        """What the device says next."""
        self.heard.append(decode_client(str(socket.recv())))
        return self.heard[-1]


@contextmanager
def living(script: Script, **options: object) -> Iterator[tuple[Worker, Device]]:
    """A device that talks with a scripted server, in a greenlet of its own."""
    with scripted_peer(script) as url:
        one = worker(Target(http_url=url, ws_url=url, secret=SECRET), **options)
        device = Device(one, Seat(USER, "d0"))
        life = gevent.spawn(device.live, 0)
        try:
            yield one, device
        finally:
            one.is_over = True
            one.back.set()
            device.cut()
            life.kill()


def test_what_came_together_is_acknowledged_together() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        talk.events(socket, 1, 2, 3)
        talk.hear(socket)

    with living(script):
        until(lambda: len(talk.heard) == 2)

    assert talk.heard[1] == Ack(stream=INBOX, epoch="e1", seq=3)


def test_a_device_resumes_behind_what_it_has() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket, after=3 if talk.connections else 0)
        if talk.connections == 1:
            talk.events(socket, 1, 2, 3)
            talk.hear(socket)
            socket.close(4401, close_reason(CloseCode.DRAINING, 100))
        else:
            talk.hear(socket)

    with living(script) as (one, _):
        until(lambda: talk.connections == 2 and one.sessions == 1)
        measured = one.meter.take()

    claims = [frame.streams[INBOX] for frame in talk.heard if isinstance(frame, Hello)]
    assert claims == [Claim(after=0), Claim(epoch="e1", after=3)]
    assert measured.number("sessions.closed") == 1
    assert measured.number("resumed.exactly") == 1
    assert measured.histogram("reconnect").count == 1
    assert measured.histogram("connect.handshake").count == 2


def test_a_cut_is_the_runs_doing_and_no_closed_session() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        talk.hear(socket)

    with living(script, come_back="immediate") as (one, device):
        until(lambda: one.sessions == 1)
        device.cut()
        until(lambda: talk.connections == 2 and one.sessions == 1)
        measured = one.meter.take()

    assert measured.number("sessions.closed") == 0
    assert measured.histogram("reconnect").count == 1


def test_a_device_that_is_told_to_stop_stays_away() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        socket.close(4501, close_reason(CloseCode.UNAUTHORIZED))

    with living(script) as (one, _):
        until(lambda: talk.connections == 1 and one.sessions == 0)
        gevent.sleep(0.3)
        measured = one.meter.take()

    assert talk.connections == 1
    assert measured.number("sessions.stopped") == 1


def test_who_leaves_stays_away_until_all_are_called_back() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket, after=0)
        talk.hear(socket)

    with living(script, scenario="offline") as (one, device):
        until(lambda: one.sessions == 1)
        one.back.clear()
        device.leave()
        until(lambda: one.sessions == 0)
        gevent.sleep(0.2)
        assert (talk.connections, device.is_away) == (1, True)
        one.back_from_us = one.now_us()
        one.back.set()
        until(lambda: talk.connections == 2 and one.sessions == 1)
        measured = one.meter.take()

    # It had all that waited, nothing, as soon as it was welcomed.
    assert measured.histogram("drain.per_user").count == 1
    assert measured.histogram("reconnect").count == 0


def test_a_gap_is_acknowledged_and_explains_the_hole() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        gap = Gap(stream=INBOX, epoch="e1", first=1, last=5, reason="retention")
        socket.send(encode(gap).decode())
        talk.hear(socket)
        talk.events(socket, 6)
        talk.hear(socket)

    with living(script) as (one, _):
        until(lambda: len(talk.heard) == 3)
        reading = one.ledger.receiver(USER, "d0").readings[INBOX]

    assert [frame.seq for frame in talk.heard if isinstance(frame, Ack)] == [5, 6]
    assert (reading.gaps, reading.missed, reading.holes()[0]) == (1, 5, 0)


def test_what_comes_twice_or_late_is_counted_at_once() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        talk.events(socket, 2)
        talk.events(socket, 1)
        talk.events(socket, 1)
        while True:
            talk.hear(socket)

    with living(script) as (one, _):
        until(lambda: sum(isinstance(frame, Ack) for frame in talk.heard) >= 1)
        reading = one.ledger.receiver(USER, "d0").readings[INBOX]
        until(lambda: (reading.duplicated, reading.late) == (1, 1))
        measured = one.meter.take()

    assert (measured.number("duplicated"), measured.number("out_of_order")) == (1, 1)


def test_only_who_is_there_at_the_end_has_read_to_the_end() -> None:
    talk = Talk()

    def script(socket: ServerConnection) -> None:
        talk.hello(socket)
        talk.hear(socket)

    with living(script) as (one, device):
        page = one.ledger.receiver(USER, "d0")
        device.close()
        assert not page.is_at_end
        until(lambda: one.sessions == 1)
        one.is_over = True
        device.close()
        assert page.is_at_end


@pytest.mark.parametrize(("code", "counted"), [(4405, "connect.refused"), (1006, "connect.failed")])
def test_a_refusal_is_told_from_a_failure(code: int, counted: str) -> None:
    def script(socket: ServerConnection) -> None:
        socket.recv()
        if code == 1006:
            socket.socket.close()
        else:
            socket.close(code, close_reason(CloseCode(code), 60_000))

    with living(script) as (one, _):
        found: dict[str, int] = {}

        def is_counted() -> bool:
            found.update(one.meter.take().counts)
            return bool(found)

        until(is_counted)

    assert set(found) == {counted}
