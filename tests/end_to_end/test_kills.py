"""The promise this server stands on: `kill -9` at any instant loses nothing that was acknowledged.

A real process is killed at random instants while publishers publish, repeat and retry, and
devices receive, drop out and resume. A ledger at the receivers has the last word.

NOTIFYCTL_KILLS and NOTIFYCTL_SEED choose how often and which instants; `make kills` runs many.
"""

import asyncio
import os
import random
from pathlib import Path

from tests.support.ledger import Ledger
from tests.support.nodes import run
from tests.support.servers import ServerProcess

from notifyctl.client import Client, Received
from notifyctl.wire import Notification

KILLS = int(os.environ.get("NOTIFYCTL_KILLS", "20"))
SEED = int(os.environ.get("NOTIFYCTL_SEED", "1"))
USERS = ("alice", "bob", "carol")
DEVICES = ("phone", "laptop")
PUBLISHERS = 4
CATCH_UP_SECONDS = 60.0


async def publish(server: ServerProcess, ledger: Ledger, name: int, stop: asyncio.Event) -> None:
    """Publish to random users until told to stop; now and then repeat what was answered."""
    chance = random.Random(f"{SEED}-publisher-{name}")
    token = server.token(f"publisher-{name}", "publish")
    async with Client(server.ws_url, token=token) as client:
        number = 0
        while not stop.is_set():
            number += 1
            key = f"{name}-{number}"
            if chance.random() < 0.1 and number > 1:
                key = f"{name}-{chance.randrange(1, number)}"
            user = USERS[hash_of(key) % len(USERS)]
            stored = await client.publish(user, f"From {key}", key=key, data={"key": key})
            ledger.answered(key, user, stored.seq, stored.id)
            await asyncio.sleep(chance.uniform(0, 0.01))


def hash_of(key: str) -> int:
    """A number that is the same in every run."""
    return sum(key.encode())


async def receive(server: ServerProcess, ledger: Ledger, user: str, device: str) -> None:
    """A device that receives, drops out after a while, and resumes."""
    chance = random.Random(f"{SEED}-{user}-{device}")
    token = server.token(user, "subscribe")
    while True:
        enough = chance.randrange(1, 400)
        async with Client(server.ws_url, token=token, device=device) as client:
            async for item in client:
                assert isinstance(item, Received), f"{user}'s {device} was told of {item}"
                assert isinstance(item.event, Notification)
                ledger.arrived(user, device, item.event)
                enough -= 1
                if enough == 0:
                    break
        await asyncio.sleep(chance.uniform(0, 0.2))


async def kill_at_random(server: ServerProcess) -> None:
    """Kill and restart, again and again, at instants that the seed chooses."""
    chance = random.Random(SEED)
    for number in range(KILLS):
        await asyncio.sleep(chance.uniform(0.05, 0.6))
        server.kill()
        await asyncio.sleep(chance.choice((0.0, 0.05)))
        server.launch()
        await asyncio.to_thread(server.await_ready)
        if number % 50 == 49:
            print(f"{number + 1} kills survived")  # noqa: T201 - a long run shows that it lives


async def caught_up(ledger: Ledger) -> None:
    """Wait until every device has what was acknowledged."""
    while any(ledger.missing(user, device) for user in USERS for device in DEVICES):
        await asyncio.sleep(0.05)


def test_kill_9_at_any_instant_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async def story(server: ServerProcess) -> None:
        ledger, stop = Ledger(), asyncio.Event()
        devices = [
            asyncio.create_task(receive(server, ledger, user, device))
            for user in USERS
            for device in DEVICES
        ]
        publishers = [
            asyncio.create_task(publish(server, ledger, name, stop)) for name in range(PUBLISHERS)
        ]
        await kill_at_random(server)
        stop.set()
        await asyncio.gather(*publishers)
        done, _ = await asyncio.wait(
            [asyncio.create_task(caught_up(ledger)), *devices],
            timeout=CATCH_UP_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        for task in done:
            task.result()
        for user in USERS:
            for device in DEVICES:
                ledger.check(user, device)
        await every_key_still_gets_its_first_answer(server, ledger)
        assert len(ledger.acknowledged) > 10 * KILLS
        for task in devices:
            task.cancel()
        await asyncio.gather(*devices, return_exceptions=True)

    with ServerProcess(tmp_path / "data") as server:
        run(story(server))
        assert not [line for line in server.log() if "error" in line]


async def every_key_still_gets_its_first_answer(server: ServerProcess, ledger: Ledger) -> None:
    """Repeat each publisher's last key: the answer is the one from before all the kills."""
    for name in range(PUBLISHERS):
        keys = [key for key in ledger.acknowledged if key.startswith(f"{name}-")]
        token = server.token(f"publisher-{name}", "publish")
        async with Client(server.ws_url, token=token) as client:
            for key in (keys[0], keys[-1]):
                user = ledger.acknowledged[key][0]
                stored = await client.publish(user, f"From {key}", key=key, data={"key": key})
                ledger.answered(key, user, stored.seq, stored.id)
