import asyncio

import pytest

from notifyctl.client.requests import Requests, pack
from notifyctl.errors import KeyReused, Stopped, TooLarge, Unreadable
from notifyctl.wire import MAX_FRAME, Error, Ok, Publish, ReadOk, Unsubscribe, encode


def request(requests: Requests) -> Unsubscribe:
    return Unsubscribe(id=requests.number(), stream="topic:x")


def test_an_answer_finds_the_one_who_asked() -> None:
    async def story() -> None:
        requests = Requests()
        first, second = request(requests), request(requests)
        waits = [requests.add(frame, Ok) for frame in (first, second)]

        assert requests.answered(second.id, encode(Ok(id=second.id))) == (second, Ok(id=second.id))
        assert await waits[1] == Ok(id=second.id)
        assert not waits[0].done()
        assert requests.unanswered() == [first]

    asyncio.run(story())


def test_an_answer_comes_once() -> None:
    async def story() -> None:
        requests = Requests()
        frame = request(requests)
        requests.add(frame, Ok)
        requests.answered(frame.id, encode(Ok(id=frame.id)))

        assert requests.answered(frame.id, encode(Ok(id=frame.id))) is None
        assert not requests

    asyncio.run(story())


def test_who_stopped_waiting_is_not_answered() -> None:
    async def story() -> None:
        requests = Requests()
        left, cancelled = request(requests), request(requests)
        requests.add(left, Ok)
        requests.remove(left)
        requests.add(cancelled, Ok).cancel()

        assert requests.answered(left.id, encode(Ok(id=left.id))) is None
        assert requests.answered(cancelled.id, encode(Ok(id=cancelled.id))) is None

    asyncio.run(story())


def test_an_answer_without_its_fields_is_an_error_of_its_request() -> None:
    async def story() -> None:
        requests = Requests()
        frame = request(requests)
        wait = requests.add(frame, ReadOk)

        assert requests.answered(frame.id, encode(Ok(id=frame.id))) is None
        with pytest.raises(Unreadable, match="seq"):
            await wait

    asyncio.run(story())


def test_a_refusal_is_raised_where_it_was_asked() -> None:
    async def story() -> None:
        requests = Requests()
        frame = request(requests)
        wait = requests.add(frame, Ok)

        assert requests.refused(Error(id=frame.id, code="key_reused", message="No."))
        with pytest.raises(KeyReused, match="No"):
            await wait

    asyncio.run(story())


@pytest.mark.parametrize("id_", [None, 7, "ping"])
def test_an_error_of_nobody_is_not_a_refusal(id_: int | str | None) -> None:
    assert not Requests().refused(Error(id=id_, code="bad_ack", message="Too far."))


def test_nobody_waits_for_a_client_that_ended() -> None:
    async def story() -> None:
        requests = Requests()
        waits = [requests.add(request(requests), Ok) for _ in range(2)]
        requests.fail(Stopped(reason="enough."))

        for wait in waits:
            with pytest.raises(Stopped):
                await wait
        assert not requests

    asyncio.run(story())


def test_a_frame_is_packed_up_to_the_limit_and_not_beyond() -> None:
    empty = len(encode(Publish(id=1, to="a", title="t", body="")))
    full = Publish(id=1, to="a", title="t", body="x" * (MAX_FRAME - empty))
    beyond = Publish(id=1, to="a", title="t", body="x" * (MAX_FRAME - empty + 1))

    assert len(pack(full).encode()) == MAX_FRAME
    with pytest.raises(TooLarge):
        pack(beyond)


def test_the_limit_counts_bytes() -> None:
    with pytest.raises(TooLarge):
        pack(Publish(id=1, to="a", title="t", body="猫" * 30_000))
