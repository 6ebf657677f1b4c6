from collections.abc import Iterator
from contextlib import contextmanager

import gevent
from websockets.sync.server import ServerConnection

from loadtests.publisher import MAX_BODY, Publisher
from loadtests.spec import Target
from loadtests.stamp import stamp_in
from loadtests.topology import Sender
from loadtests.worker import Worker
from notifyctl.wire import INBOX, Error, Hello, Publish, PublishedOk, decode_client, encode
from tests.support.frames import welcome
from tests.support.load_workers import SECRET, until, worker
from tests.support.scripted_peer import Script, scripted_peer

USER = "load-0a1b2c3d-u0"


class Desk:
    """Where publishes are handed in."""

    def __init__(self) -> None:
        self.requests: list[Publish] = []
        self.connections = 0

    def open(self, socket: ServerConnection) -> None:
        """Welcome the publisher."""
        self.connections += 1
        assert isinstance(decode_client(str(socket.recv())), Hello)
        socket.send(encode(welcome()).decode())

    def take(self, socket: ServerConnection) -> Publish:
        """The next request."""
        request = decode_client(str(socket.recv()))
        assert isinstance(request, Publish)
        self.requests.append(request)
        return request

    def accept(self, socket: ServerConnection) -> None:
        """Take the next request and say that it is stored."""
        answer = PublishedOk(
            id=self.take(socket).id,
            event="id",
            seq=1,
            stream=INBOX,
            durability="memory",
            sessions=1,
        )
        socket.send(encode(answer).decode())


@contextmanager
def publishing(script: Script, **options: object) -> Iterator[tuple[Worker, Publisher]]:
    """A publisher to one user, connected to a scripted server."""
    with scripted_peer(script) as url:
        one = worker(Target(http_url=url, ws_url=url, secret=SECRET), **options)
        publisher = Publisher(one, Sender("p0", (USER,), 1.0))
        life = gevent.spawn(publisher.live)
        try:
            yield one, publisher
        finally:
            one.is_over = True
            publisher.close()
            life.kill()


def test_messages_are_not_waited_for_and_latency_begins_when_they_were_due() -> None:
    desk = Desk()

    def script(socket: ServerConnection) -> None:
        desk.open(socket)
        while True:
            desk.accept(socket)

    with publishing(script) as (one, publisher):
        one.measured_from_us = -10_000_000
        # They were due before anybody could connect: five seconds late is what they are.
        publisher.keep(iter([0.0, 0.001, 0.002]), one.now_us() - 5_000_000)
        assert publisher.unanswered == 3
        until(lambda: publisher.unanswered == 0)
        measured = one.meter.take()
        page = one.ledger.publisher("p0", USER)

    assert measured.histogram("publish.ack").count == 3
    fastest = measured.histogram("publish.ack").min
    assert fastest is not None
    assert fastest >= 4_990_000
    assert (measured.number("asked"), measured.number("published")) == (3, 3)
    assert (page.attempted, page.acks.as_int()) == (3, 0b1110)
    stamps = [stamp_in(dict(request.data or {})) for request in desk.requests]
    assert [stamp.seq for stamp in stamps if stamp is not None] == [1, 2, 3]


def test_what_had_no_answer_leaves_again_with_the_same_key() -> None:
    desk = Desk()

    def script(socket: ServerConnection) -> None:
        desk.open(socket)
        if desk.connections == 1:
            desk.take(socket)
            desk.take(socket)
            socket.close(1012)
        while True:
            desk.accept(socket)

    with publishing(script) as (one, publisher):
        publisher.keep(iter([0.0, 0.0]), one.now_us())
        until(lambda: publisher.unanswered == 0)
        page = one.ledger.publisher("p0", USER)
        measured = one.meter.take()

    keys = [request.key for request in desk.requests]
    assert keys[:2] == keys[2:]
    assert len(set(keys)) == 2
    assert page.retries.as_int() == page.acks.as_int() == 0b110
    assert measured.number("published") == 2, "leaving again is no new message"


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not() -> None:
    desk = Desk()

    def script(socket: ServerConnection) -> None:
        desk.open(socket)
        later, never = desk.take(socket), desk.take(socket)
        busy = Error(id=later.id, code="rate_limited", message="later", retry_ms=10)
        socket.send(encode(busy).decode())
        socket.send(encode(Error(id=never.id, code="forbidden", message="no")).decode())
        while True:
            desk.accept(socket)

    with publishing(script) as (one, publisher):
        publisher.keep(iter([0.0, 0.0]), one.now_us())
        until(lambda: publisher.unanswered == 0)
        page = one.ledger.publisher("p0", USER)
        measured = one.meter.take()

    assert (page.acks.as_int(), page.refusals.as_int(), page.retries.as_int()) == (2, 4, 2)
    assert measured.number("publish.rate_limited") == measured.number("publish.forbidden") == 1


def test_the_payload_is_as_large_as_was_asked() -> None:
    desk = Desk()

    def script(socket: ServerConnection) -> None:
        desk.open(socket)
        desk.accept(socket)

    with publishing(script, payload_bytes=MAX_BODY + 900) as (one, publisher):
        publisher.keep(iter([0.0]), one.now_us())
        until(lambda: publisher.unanswered == 0)

    assert isinstance(desk.requests[0].data, dict)
    assert desk.requests[0].body == "." * MAX_BODY
    assert desk.requests[0].data["padding"] == "." * 900


def test_a_publisher_that_is_sent_away_for_good_ends_the_run() -> None:
    def script(socket: ServerConnection) -> None:
        socket.recv()
        socket.close(4503, "{}")

    with publishing(script) as (one, _):
        until(lambda: one.trouble is not None)
        assert "4503" in (one.trouble or "")
