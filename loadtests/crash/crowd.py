"""Everybody who relies on the server: who they are, and when they are done."""

import asyncio
from collections.abc import Iterator
from typing import Final

from loadtests.crash.books import Books
from loadtests.crash.device import Device
from loadtests.crash.entries import Finished
from loadtests.crash.library import Library
from loadtests.crash.posting import HttpPost, SocketPost
from loadtests.crash.publisher import Publisher
from loadtests.crash.spec import Spec
from loadtests.crash.stage import Stage
from notifyctl.wire import INBOX, Claim

TOPICS: Final = ("topic:news",)
# Each user has one of each: it keeps its positions; it keeps none; it uses our client.
KEEPER, FORGETTER, LIBRARY = "phone", "tv", "laptop"
AUDITOR: Final = "auditor"
# Who gets nothing new for so long gets nothing more.
PATIENCE_SECONDS: Final = 25.0
POLL_SECONDS: Final = 0.1


class Crowd:
    """Publishers and devices, each a task of the group that runs them."""

    def __init__(self, spec: Spec, stage: Stage, group: asyncio.TaskGroup) -> None:
        self._stage = stage
        self._books: Books = stage.history.books
        self._group = group
        self._users = [f"user-{number}" for number in range(1, spec.users + 1)]
        self._devices: list[asyncio.Task[None]] = []
        self._waited_for: list[tuple[str, str]] = []
        self._stop = asyncio.Event()
        addresses = (*self._users, *TOPICS)
        self._posts = [
            (HttpPost, SocketPost)[number % 2](stage, f"publisher-{number}")
            for number in range(1, spec.publishers + 1)
        ]
        self._publishers = [
            Publisher(f"publisher-{number}", addresses, post, stage)
            for number, post in enumerate(self._posts, 1)
        ]
        self._publishing: list[asyncio.Task[None]] = []

    async def gather(self) -> None:
        """Let the devices in, and once the server knows them all, the publishers."""
        devices: list[Device | Library] = []
        for user in self._users:
            devices += [
                Device(user, KEEPER, TOPICS, self._stage),
                Device(user, FORGETTER, TOPICS, self._stage, keeps=False),
                Library(user, LIBRARY, TOPICS, self._stage),
            ]
        for device in devices:
            self._admit(device)
        # A topic is followed from now on: whoever is welcome has to get what comes next.
        await asyncio.gather(*(device.is_welcome.wait() for device in devices))
        self._publishing = [
            self._group.create_task(publisher.run(self._stop)) for publisher in self._publishers
        ]

    async def quiet_down(self) -> None:
        """Let everybody finish: publishers get their answers, devices read to the end."""
        self._stage.heal()
        self._stop.set()
        await asyncio.wait(self._publishing)
        self._stage.is_wild = False
        await self._publishers[0].conclude()
        self._stage.reset()
        await self._read_to_the_end()

    async def audit(self) -> None:
        """Let a new device of each user read everything from the beginning."""
        beginning = {stream: Claim(after=0) for stream in (INBOX, *TOPICS)}
        for user in self._users:
            self._admit(Device(user, AUDITOR, TOPICS, self._stage, start=beginning))
        await self._read_to_the_end()

    async def leave(self) -> None:
        """End everything that still runs."""
        for task in (*self._publishing, *self._devices):
            task.cancel()
        for post in self._posts:
            await post.close()

    def _admit(self, device: Device | Library) -> None:
        on_wire = isinstance(device, Device)
        self._books.expect(device.user, device.name, TOPICS, on_wire=on_wire)
        self._waited_for.append((device.user, device.name))
        self._devices.append(self._group.create_task(device.run()))

    async def _read_to_the_end(self) -> None:
        """Wait until every device has what was acknowledged, or gets nothing more."""
        clock = self._stage.history
        since, given = clock.seconds, -1
        while self._waited_for and clock.seconds - since < PATIENCE_SECONDS:
            for user, device in list(self._done()):
                self._finish(user, device)
            if (now_given := self._books.counts["Given"]) > given:
                since, given = clock.seconds, now_given
            await asyncio.sleep(POLL_SECONDS)
        for user, device in list(self._waited_for):
            self._finish(user, device)

    def _done(self) -> Iterator[tuple[str, str]]:
        return (who for who in self._waited_for if not self._books.is_behind(*who))

    def _finish(self, user: str, device: str) -> None:
        self._stage.note(Finished(user=user, device=device))
        self._waited_for.remove((user, device))
