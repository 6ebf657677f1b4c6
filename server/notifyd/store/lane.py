"""A lane: one thread that owns one SQLite connection, and does all that waits for it at once."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

import msgspec

from notifyctl.errors import StoreUnavailable
from notifyd.store.database import explain

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]

# A group's answers come together: the last job of a group waits for the first one's answer.
MAX_GROUP: Final = 256

# The job's own mistakes. Any other error of SQLite is the disk's or the database's, and
# nothing that the transaction did so far can be trusted.
_OWN_MISTAKES: Final = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
)


class Job(msgspec.Struct, frozen=True, eq=False):
    """A piece of work inside the group's transaction, and who waits for its answer."""

    work: Work[Any]
    caller: asyncio.Future[Any]


class Lane:
    """Runs jobs in groups, each group in one transaction.

    Nobody hears anything before the group's COMMIT. When it fails, all of the group get
    `StoreUnavailable` and nothing of the group is kept; the connection is opened anew, so
    that later groups succeed once the disk is well again.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        *,
        name: str,
        begin: str = "BEGIN",
        on_commit: Callable[[Sequence[Any]], None] | None = None,
    ) -> None:
        """`on_commit` is called on the loop with a group's answers, before its callers are."""
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

    async def run(self, work: Work[T]) -> T:
        """The answer of `work`, after its commit. A caller that goes away stops nothing."""
        if self._stopping:
            raise StoreUnavailable(reason="it is closed")
        caller: asyncio.Future[T] = self._loop.create_future()
        self.waiting += 1
        self._jobs.put(Job(work, caller))
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
                committed, answers = self._perform(group)
                self._loop.call_soon_threadsafe(self._answer, group, committed, answers)
        self._disconnect()
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._stopped.set)

    def _next_group(self) -> list[Job]:
        """All that waits, at most `MAX_GROUP`; nothing when the lane is to stop."""
        group: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) == MAX_GROUP:
                return group
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return group
        if group:
            self._jobs.put(None)  # The last word comes last.
        return group

    def _perform(self, group: Sequence[Job]) -> tuple[bool, list[Any]]:
        """Run the group in one transaction: whether it was committed, and its answers."""
        try:
            if self._connection is None:
                self._connection = self._connect()
            connection = self._connection
            connection.execute(self._begin)
            answers = [self._attempt(connection, job.work) for job in group]
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._disconnect()
            return False, [StoreUnavailable(reason=explain(error)) for _ in group]
        return True, answers

    def _attempt(self, connection: sqlite3.Connection, work: Work[Any]) -> Any:
        """The work's answer, or the error that it alone failed with; then it left no trace."""
        connection.execute("SAVEPOINT job")
        try:
            answer = work(connection)
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, _OWN_MISTAKES):
                raise
            connection.execute("ROLLBACK TO job")
            answer = error
        connection.execute("RELEASE job")
        return answer

    def _disconnect(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    # On the loop

    def _answer(self, group: Sequence[Job], committed: bool, answers: Sequence[Any]) -> None:
        self.waiting -= len(group)
        try:
            if committed and self._on_commit is not None:
                self._on_commit(answers)
        finally:
            for job, answer in zip(group, answers, strict=True):
                if job.caller.done():
                    continue  # The caller was cancelled; what it began is committed all the same.
                if isinstance(answer, Exception):
                    job.caller.set_exception(answer)
                else:
                    job.caller.set_result(answer)
