import re
import time

import jwt

from loadtests.bench.process import settle
from loadtests.bench.server import SECRET, batch, publish, session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage
from notifyctl import wire

BODY = re.compile(rb"\{.*\}", re.DOTALL)


def test_no_two_tokens_are_the_same() -> None:
    assert token("bob") != token("bob")


def test_a_token_says_what_its_user_may_do() -> None:
    claims = jwt.decode(token("ci", "publish"), SECRET, algorithms=["HS256"])

    assert claims["sub"] == "ci"
    assert claims["scope"] == "publish"
    assert claims["exp"] > time.time()


def test_what_is_said_is_in_the_language_of_the_wire() -> None:
    hello = BODY.search(session("the token", device="phone", topic="topic:x", after=7)[-1].say)
    published = BODY.search(publish(3, "bob", "Go"))
    assert hello is not None
    assert published is not None

    assert wire.decode_client(hello[0]) == wire.Hello(
        token="the token",
        device="phone",
        streams={"inbox": wire.Claim(after=7), "topic:x": wire.Claim()},
    )
    assert wire.decode_client(published[0]) == wire.Publish(id=3, to="bob", title="Go", key="Go-3")


def test_no_two_items_of_a_batch_share_a_key() -> None:
    request = batch("the token", "a", ["bob", "bob"], "Go")

    assert re.findall(rb'"key":"([^"]+)"', request) == [b"a-0", b"a-1"]


def test_a_real_server_answers_and_comes_back_after_a_crash(stage: Stage) -> None:
    server = stage.server()
    before = server.process.pid
    with server.publisher() as line, server.http() as http:
        line.ask(publish(1, "bob", "Go"))
        http.ask(batch(token("ci", "publish"), "a", ["bob", "alice"], "Go"))
    server.crash()
    server.await_ready()

    assert server.process.pid != before
    with server.publisher() as line:
        line.ask(publish(2, "bob", "Go"))


def test_the_acks_of_the_receivers_are_believed(stage: Stage) -> None:
    server = stage.server()
    devices = [session(token("bob"), device="phone")]
    with server.publisher() as line:
        with Sink(server.ws_port, devices, stage.folder, acknowledges=True) as sink:
            sink.await_ready()
            line.ask(publish(1, "bob", "Go"))
            sink.expect(1)
            sink.await_reached()
        line.ask(publish(2, "bob", "Go"))
    with Sink(server.ws_port, devices, stage.folder) as again:
        again.expect(1)
        again.await_ready()

        # The device goes on behind what it acknowledged.
        assert again.await_reached().events == 1
        settle(server.process)
        again.expect(1)
        assert again.await_reached().events == 1
