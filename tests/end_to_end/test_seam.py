"""The seam between replay and live, under publishing that never pauses."""

import asyncio
import random
from pathlib import Path

import msgspec

from notifyctl import wire
from notifyctl.wire import Claim
from tests.support.nodes import Conversation, Node, run
from tests.support.servers import running

SEED = 7
EVENTS = 6_000
VISITORS = 24
UNDER_WAY = 16


async def publish_all(talk: Conversation) -> None:
    """Publish without a pause, several requests under way at any time."""
    for number in range(EVENTS):
        await talk.say(wire.Publish(id=number, to="alice", title=f"{number}"))
        if number >= UNDER_WAY:
            await talk.expect(wire.PublishedOk)
    for _ in range(UNDER_WAY):
        await talk.expect(wire.PublishedOk)


async def visit(here: Node, token: str, name: int) -> None:
    """Come at a random instant, from a random position, and follow until the last event."""
    chance = random.Random(f"{SEED}-{name}")
    await asyncio.sleep(chance.uniform(0, 1.0))
    async with here.session("alice", token=token) as looking:
        state = looking.welcome.streams["inbox"]
    after = chance.choice((0, state.head, chance.randrange(state.head + 1)))
    claim = {"inbox": Claim(epoch=state.epoch, after=after)}
    async with here.session("alice", token=token, streams=claim, device=f"d{name}") as visitor:
        at = visitor.welcome.streams["inbox"].after
        assert at == after
        was_live = False
        while at < EVENTS:
            frame = msgspec.json.decode(await visitor.hear(), type=wire.Events)
            assert [event.seq for event in frame.events] == [
                *range(at + 1, at + 1 + len(frame.events))
            ], f"after #{at} came {[event.seq for event in frame.events]}"
            assert frame.live or not was_live, "live, and then late again"
            was_live = frame.live
            at += len(frame.events)


def test_the_seam_neither_skips_nor_repeats_whatever_is_published_meanwhile(
    tmp_path: Path,
) -> None:
    async def story(here: Node, publisher: str, alice: str) -> None:
        async with here.session("bob", token=publisher) as talk:
            visits = [asyncio.create_task(visit(here, alice, number)) for number in range(VISITORS)]
            await asyncio.gather(publish_all(talk), *visits)

    with running(
        tmp_path / "data",
        NOTIFYD_PUBLISH_RATE="1000000",
        NOTIFYD_PUBLISH_BURST="1000000",
        NOTIFYD_MAX_SESSIONS_PER_USER="100",
    ) as server:
        here = Node(server.http_url, server.ws_url)
        run(story(here, server.token("bob", "publish"), server.token("alice")))
