"""A publisher: asks until it is answered, repeats what was answered, and now and then gives up."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from loadtests.crash.entries import Abandoned, Answered, Ask, Asked, Refused
from loadtests.crash.posting import No, Post, Yes
from loadtests.crash.stage import Stage
from loadtests.stamp import Stamp, data

# The longest pauses between two messages, and between two attempts.
PAUSE_SECONDS: Final = 0.004
RETRY_SECONDS: Final = 0.1
# How often what was answered is asked again, and what was not is given up.
REPEATS: Final = 0.1
GIVES_UP: Final = 0.1
LONGEST_BODY: Final = 1_500


class Publisher:
    """Publishes to all addresses, with a key for each message, one after the other."""

    def __init__(self, name: str, addresses: Sequence[str], post: Post, stage: Stage) -> None:
        self.name = name
        self._addresses = addresses
        self._post = post
        self._stage = stage
        self._chance = stage.chance(name)
        self._sent = dict.fromkeys(addresses, 0)
        self._answered: list[Stamp] = []

    async def run(self, stop: asyncio.Event) -> None:
        """Publish until told to stop. After all the faults, the first answer still stands."""
        while not stop.is_set():
            if self._answered and self._chance.random() < REPEATS:
                await self._publish(self._chance.choice(self._answered), "repeat")
            else:
                await self._publish(self._next(self._chance.choice(self._addresses)), "first")
            await asyncio.sleep(self._chance.uniform(0, PAUSE_SECONDS))
        for stamp in self._answered[:1] + self._answered[-1:]:
            await self._publish(stamp, "repeat")

    async def conclude(self) -> None:
        """Publish a last message to every address: whoever has it, has read to the end."""
        for address in self._addresses:
            await self._publish(self._next(address), "first")

    def _next(self, address: str) -> Stamp:
        self._sent[address] += 1
        return Stamp(
            run=self._stage.run,
            publisher=self.name,
            to=address,
            seq=self._sent[address],
            due_us=int(self._stage.history.seconds * 1e6),
            clock="",
        )

    async def _publish(self, stamp: Stamp, ask: Ask) -> None:
        """Publish, through as many faults as it takes; or give up, when a fault came between."""
        message, note = stamp.message, self._stage.note
        while True:
            note(Asked(message=message, ask=ask, via=self._post.via))
            match await self._post.ask(body(stamp)):
                case Yes(place=place, id=event, replayed=replayed):
                    note(Answered(message=message, place=place, id=event, replayed=replayed))
                    if ask != "repeat":
                        self._answered.append(stamp)
                    return
                case No(answer=answer):
                    note(Refused(message=message, answer=answer))
                    return
                case None:
                    pass
            if ask == "first":
                if self._stage.is_wild and self._chance.random() < GIVES_UP:
                    note(Abandoned(message=message))
                    return
                ask = "retry"
            await asyncio.sleep(self._chance.uniform(0, RETRY_SECONDS))


def body(stamp: Stamp) -> dict[str, Any]:
    """What is published: the same, however often. Some are long, most are short."""
    length = stamp.seq * 7919 % LONGEST_BODY if stamp.seq % 4 == 0 else 10
    return {
        "to": stamp.to,
        "title": str(stamp.message),
        "body": "." * length,
        "key": stamp.key,
        "data": data(stamp),
    }
