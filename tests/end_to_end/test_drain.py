"""SIGTERM under load: everybody is sent away in turn, nothing is lost, the exit status is 0."""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from aiohttp import ClientError, ClientSession
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from notifyctl import wire
from notifyctl.wire import Claim, CloseCode
from notifyd.drain import ACCEPTS_PER_SECOND
from tests.support.nodes import Node, run
from tests.support.servers import ServerProcess

SESSIONS = 300


async def publish_until_it_ends(server: ServerProcess) -> list[int]:
    """Publish over HTTP until the server no longer answers; the seqs that were acknowledged."""
    headers = {"Authorization": f"Bearer {server.token('bob', 'publish')}"}
    acknowledged = []
    async with ClientSession(headers=headers) as http:
        while True:
            body = {"to": "topic:news", "title": "Hello"}
            try:
                async with http.post(f"{server.http_url}/v1/notifications", json=body) as answer:
                    if answer.status == 201:
                        acknowledged.append((await answer.json())["seq"])
            except ClientError:
                return acknowledged


async def follow_until_sent_away(
    here: Node, token: str, name: int, welcomed: asyncio.Barrier
) -> tuple[list[int], float]:
    """Follow the topic; the seqs that came, and when the session was closed."""
    topics: Mapping[str, Claim] = {"topic:news": Claim(after=0)}
    seen: list[int] = []
    announced = False
    async with here.session(f"u{name}", token=token, streams=dict(topics)) as talk:
        await welcomed.wait()
        with contextlib.suppress(ConnectionClosed):
            async for raw in talk.socket:
                match wire.decode_server(raw):
                    case wire.Goaway():
                        announced = True
                    case wire.Events(events=events):
                        seen += [event.seq for event in events]
    assert announced, "closed without a goaway"
    assert talk.socket.close_code == CloseCode.DRAINING
    reason = msgspec.json.decode(talk.socket.close_reason or "", type=wire.CloseReason)
    assert reason.code == "draining"
    assert reason.retry_ms is not None
    return seen, time.monotonic()


async def look_while_it_drains(server: ServerProcess, here: Node) -> tuple[int, int, int]:
    """The statuses of /healthz and /readyz, and the close code of a newcomer, during the drain."""
    async with ClientSession() as http:
        while True:
            async with http.get(f"{server.http_url}/readyz") as ready:
                if ready.status == 503:
                    break
        async with http.get(f"{server.http_url}/healthz") as alive:
            pass
    async with connect(here.ws_url) as newcomer:
        await newcomer.wait_closed()
        assert newcomer.close_code is not None
        return alive.status, ready.status, newcomer.close_code


def test_sigterm_under_load_loses_nothing_and_sends_everybody_away_in_turn(
    tmp_path: Path,
) -> None:
    async def story(server: ServerProcess, here: Node) -> list[int]:
        welcomed = asyncio.Barrier(SESSIONS + 1)
        async with asyncio.TaskGroup() as group:
            followers = [
                group.create_task(
                    follow_until_sent_away(here, server.token(f"u{name}"), name, welcomed)
                )
                for name in range(SESSIONS)
            ]
            publisher = group.create_task(publish_until_it_ends(server))
            await welcomed.wait()
            look = group.create_task(look_while_it_drains(server, here))
            status = await asyncio.to_thread(server.terminate)
        assert status == 0
        assert look.result() == (200, 503, CloseCode.DRAINING)
        closed_at = []
        for follower in followers:
            seen, moment = follower.result()
            assert seen == list(range(1, len(seen) + 1))
            closed_at.append(moment)
        # A timer never fires early: however noisy the machine, the slots are spread.
        assert max(closed_at) - min(closed_at) > SESSIONS / ACCEPTS_PER_SECOND / 2
        return publisher.result()

    async def all_is_there(here: Node, token: str, acknowledged: list[int]) -> None:
        streams = {"topic:news": Claim(after=0)}
        async with here.session("carol", token=token, streams=streams) as talk:
            events = await talk.events(talk.welcome.streams["topic:news"].head)
            assert {event.seq for event in events} >= set(acknowledged)

    with ServerProcess(tmp_path / "data") as server:
        here = Node(server.http_url, server.ws_url)
        acknowledged = run(story(server, here))
        assert acknowledged == list(range(1, len(acknowledged) + 1))
        server.start()
        run(all_is_there(here, server.token("carol"), acknowledged))
