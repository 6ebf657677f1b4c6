"""A lane: one thread that owns one SQLite connection, and does all that waits for it at once."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Generic, Protocol, TypeVar

import msgspec

from notifyctl.errors import StoreUnavailable
from notifyd.store.database import explain

# A group's answers come together, so that its first job waits for the last one. A group is
# closed when its jobs weigh this much.
MAX_WEIGHT: Final = 1_000

# Mistakes of one job. Any other error of SQLite is the disk's or the database's.
_MISTAKES: Final = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


class Turn(Protocol):
    """A transaction that has begun: what jobs work on."""

    def commit(self) -> None:
        """Make all that the jobs did durable. Raises `sqlite3.Error`; then none of it is."""


T = TypeVar("T")
TurnT = TypeVar("TurnT", bound=Turn)


class Job(msgspec.Struct, frozen=True, eq=False):
    """A piece of work inside a transaction, and who waits for its answer."""

    work: Callable[[Any], Any]
    weight: int
    caller: asyncio.Future[Any]


class Lane(Generic[TurnT]):
    """Runs jobs in groups, each group in one transaction.

    Nobody hears anything before the group's COMMIT. When the disk or the database fails, all
    of the group get `StoreUnavailable`, nothing of the group is kept, and the connection is
    opened anew, so that later groups succeed once the disk is well again. A mistake of one job
    costs the others nothing but time: each is then run alone.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        begin: Callable[[sqlite3.Connection], TurnT],
        *,
        name: str,
        on_commit: Callable[[Sequence[Any]], None] | None = None,
    ) -> None:
        """Start the thread. `on_commit` gets a group's answers, on the loop, before its callers."""
        self._connect = connect
        self._begin = begin
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._stopping = False
        self._stopped = asyncio.Event()
        self.waiting = 0
        # A process that ends without `stop` must not wait for a thread that waits for it.
        Thread(target=self._serve, name=name, daemon=True).start()

    async def run(self, work: Callable[[TurnT], T], weight: int = 1) -> T:
        """The answer of `work`, after its commit. A caller that goes away stops nothing.

        `work` may be called twice: what it did the first time is undone then. `weight` is how
        many rows it is about, roughly.
        """
        if self._stopping:
            raise StoreUnavailable(reason="it is closed")
        caller: asyncio.Future[T] = self._loop.create_future()
        self.waiting += 1
        self._jobs.put(Job(work, weight, caller))
        return await caller

    async def stop(self) -> None:
        """Finish what waits, then close the connection and end the thread."""
        if not self._stopping:
            self._stopping = True
            self._jobs.put(None)
        await self._stopped.wait()

    # In the lane's thread

    def _serve(self) -> None:
        # The loop may be closed before its lanes: then nobody is left to be told.
        with contextlib.suppress(RuntimeError):
            while group := self._next_group():
                answers = self._perform(group)
                self._loop.call_soon_threadsafe(self._answer, group, answers)
        self._disconnect()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stopped.set)

    def _next_group(self) -> list[Job]:
        """All that waits, up to `MAX_WEIGHT`; nothing when the lane is to stop."""
        group: list[Job] = []
        weight = 0
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            weight += job.weight
            if weight >= MAX_WEIGHT:
                return group
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return group
        if group:
            self._jobs.put(None)  # The last word comes last.
        return group

    def _perform(self, group: Sequence[Job]) -> list[Any]:
        """Run the group in one transaction: one answer or error for each job."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            turn = self._begin(self._connection)
            answers = [job.work(turn) for job in group]
            turn.commit()
        except Exception as error:
            self._disconnect()  # And with it goes what the transaction did.
            if isinstance(error, sqlite3.Error) and not isinstance(error, _MISTAKES):
                return [StoreUnavailable(reason=explain(error)) for _ in group]
            if len(group) == 1:
                return [error]
            return [answer for job in group for answer in self._perform([job])]
        return answers

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    # On the loop

    def _answer(self, group: Sequence[Job], answers: Sequence[Any]) -> None:
        self.waiting -= len(group)
        try:
            if self._on_commit is not None:
                self._on_commit(answers)
        finally:
            for job, answer in zip(group, answers, strict=True):
                if job.caller.done():
                    continue  # The caller went away; what it began is committed all the same.
                if isinstance(answer, Exception):
                    job.caller.set_exception(answer)
                else:
                    job.caller.set_result(answer)
