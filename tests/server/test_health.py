import asyncio

from notifyctl.errors import StoreUnavailable
from notifyd.health import KEPT_SECONDS, Health
from notifyd.store.memory import MemoryStore
from notifyd.store.store import Limits
from tests.support.nodes import run


class Disk(MemoryStore):
    """A store that counts how often it is asked, and answers as it is told."""

    def __init__(self) -> None:
        super().__init__(Limits())
        self.asked = 0
        self.is_full = False
        self.answers = asyncio.Event()
        self.answers.set()

    async def check(self) -> None:
        self.asked += 1
        await self.answers.wait()
        if self.is_full:
            raise StoreUnavailable(reason="the disk is full")


class Clock:
    """A clock that moves when the test moves it."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_server_with_a_writable_store_is_ready() -> None:
    async def story() -> None:
        readiness = await Health(Disk()).readiness()

        assert readiness.ready
        assert readiness.checks == {"draining": "ok", "store": "ok"}

    run(story())


def test_a_server_that_drains_is_not_ready() -> None:
    async def story() -> None:
        health = Health(Disk())
        health.draining = True
        readiness = await health.readiness()

        assert not readiness.ready
        assert readiness.checks == {"draining": "the server is shutting down", "store": "ok"}

    run(story())


def test_a_store_that_cannot_be_written_is_named_with_its_reason() -> None:
    async def story() -> None:
        disk = Disk()
        disk.is_full = True
        readiness = await Health(disk).readiness()

        assert not readiness.ready
        assert "the disk is full" in readiness.checks["store"]

    run(story())


def test_probes_ask_the_store_once_a_second_at_most() -> None:
    async def story() -> None:
        disk, clock = Disk(), Clock()
        health = Health(disk, clock=clock)
        for _ in range(100):
            await health.readiness()
        assert disk.asked == 1

        disk.is_full = True
        clock.now += KEPT_SECONDS
        assert not (await health.readiness()).ready
        assert disk.asked == 2

        disk.is_full = False
        clock.now += KEPT_SECONDS
        assert (await health.readiness()).ready

    run(story())


def test_probes_that_come_together_share_one_question() -> None:
    async def story() -> None:
        disk = Disk()
        disk.answers.clear()
        health = Health(disk)
        probes = [asyncio.create_task(health.readiness()) for _ in range(10)]
        await asyncio.sleep(0)
        disk.answers.set()

        assert all([(await probe).ready for probe in probes])
        assert disk.asked == 1

    run(story())


def test_a_store_that_does_not_answer_is_not_ready_and_is_not_asked_again() -> None:
    async def story() -> None:
        disk, clock = Disk(), Clock()
        disk.answers.clear()
        health = Health(disk, patience_seconds=0.01, clock=clock)
        assert not (await health.readiness()).ready
        clock.now += 60.0
        readiness = await health.readiness()
        assert readiness.checks["store"] == "the store has not answered for 60 s"
        assert disk.asked == 1

        disk.answers.set()
        await asyncio.sleep(0)
        clock.now += KEPT_SECONDS
        assert (await health.readiness()).ready

    run(story())


def test_a_probe_that_gives_up_leaves_the_answer_to_the_others() -> None:
    async def story() -> None:
        disk = Disk()
        disk.answers.clear()
        health = Health(disk)
        impatient = asyncio.create_task(health.readiness())
        patient = asyncio.create_task(health.readiness())
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.sleep(0)
        disk.answers.set()

        assert (await patient).ready
        assert impatient.cancelled()

    run(story())
