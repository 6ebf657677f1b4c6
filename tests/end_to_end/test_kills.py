"""The promise this server stands on: `kill -9` at any instant loses nothing that was acknowledged.

A real process is killed at random instants while publishers publish, repeat and retry, and
devices receive, drop out and resume. A ledger at the receivers has the last word.

NOTIFYCTL_KILLS and NOTIFYCTL_SEED choose how often and which instants; `make kills` runs many.
"""

import asyncio
import os
import random
from collections.abc import Mapping
from pathlib import Path

from aiohttp import ClientError, ClientSession

from notifyctl.client.connection import Client
from notifyctl.client.session import Received
from notifyctl.wire import Claim, Notification
from tests.support.ledger import Ledger
from tests.support.nodes import run
from tests.support.servers import ServerProcess

KILLS = int(os.environ.get("NOTIFYCTL_KILLS", "20"))
SEED = int(os.environ.get("NOTIFYCTL_SEED", "1"))
USERS = ("alice", "bob", "carol")
DEVICES = ("phone", "laptop")
PUBLISHERS = 4
CATCH_UP_SECONDS = 60.0


class Publisher:
    """Publishes with keys, and asks again with the same key until it is answered."""

    def __init__(self, server: ServerProcess, ledger: Ledger, http: ClientSession, name: int):
        self._url = f"{server.http_url}/v1/notifications"
        self._headers = {"Authorization": f"Bearer {server.token(f'publisher-{name}', 'publish')}"}
        self._ledger = ledger
        self._http = http
        self._name = name
        self._chance = random.Random(f"{SEED}-publisher-{name}")

    async def run(self, stop: asyncio.Event) -> None:
        """Publish to random users until told to stop; now and then repeat what was answered."""
        number = 0
        while not stop.is_set():
            number += 1
            is_repeat = self._chance.random() < 0.1 and number > 1
            await self.publish(self._chance.randrange(1, number) if is_repeat else number)
            await asyncio.sleep(self._chance.uniform(0, 0.02))
        for known in (1, number):
            await self.publish(known)  # After all the kills the first answer still stands.

    async def publish(self, number: int) -> None:
        """Publish, through as many kills as it takes."""
        key = f"{self._name}-{number}"
        user = USERS[number % len(USERS)]
        body = {"to": user, "title": f"From {key}", "key": key}
        while True:
            try:
                async with self._http.post(self._url, json=body, headers=self._headers) as answer:
                    if answer.status == 201:
                        stored = await answer.json()
                        self._ledger.answered(key, user, stored["seq"], stored["id"])
                        return
                    assert answer.status == 503, await answer.text()
            except ClientError:
                await asyncio.sleep(0.02)


class KeptCursor:
    """What an application keeps on its own disk; it survives the server and the connection."""

    def __init__(self) -> None:
        self._positions: dict[str, Claim] = {}

    def load(self) -> Mapping[str, Claim]:
        return self._positions

    def save(self, positions: Mapping[str, Claim]) -> None:
        self._positions = dict(positions)


async def receive(server: ServerProcess, ledger: Ledger, user: str, device: str) -> None:
    """A device that receives, drops out after a while, and resumes."""
    chance = random.Random(f"{SEED}-{user}-{device}")
    token = server.token(user, "subscribe")
    cursor = KeptCursor()
    while True:
        enough = chance.randrange(1, 400)
        async with Client(server.ws_url, token=token, device=device, cursor=cursor) as client:
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
        async with ClientSession() as http:
            publishers = [
                asyncio.create_task(Publisher(server, ledger, http, name).run(stop))
                for name in range(PUBLISHERS)
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
        stored = len(ledger.acknowledged)
        print(f"{KILLS} kills, {stored} acknowledged events, none lost or repeated")  # noqa: T201
        assert stored > 10 * KILLS
        for task in devices:
            task.cancel()
        await asyncio.gather(*devices, return_exceptions=True)

    with ServerProcess(tmp_path / "data") as server:
        run(story(server))
        assert not [line for line in server.log() if "error" in line]
