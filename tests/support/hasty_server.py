"""A server that answers too early: it calls stored what it has not committed yet.

    python -P tests/support/hasty_server.py serve ...

Nobody notices until it is killed. Its disk is a slow one, so that there is something to notice.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from notifyctl.cli import main
from notifyd.store.lane import Lane
from notifyd.store.transaction import Transaction

COMMIT_SECONDS: Final = 0.05

_run = Lane.run
_commit = Transaction.commit
_late: set[asyncio.Task[Any]] = set()


async def run(lane: Lane[Any], work: Callable[[Any], Any], weight: int = 1) -> Any:
    """The answer of `work`, as soon as there is one."""
    loop = asyncio.get_running_loop()
    early = loop.create_future()

    def answer(value: object) -> None:
        if not early.done():
            early.set_result(value)

    def hasty(turn: object) -> object:
        value = work(turn)
        loop.call_soon_threadsafe(answer, value)
        return value

    late = asyncio.create_task(_run(lane, hasty, weight))
    _late.add(late)
    late.add_done_callback(_late.discard)
    await asyncio.wait((early, late), return_when=asyncio.FIRST_COMPLETED)
    return early.result() if early.done() else late.result()


def commit(transaction: Transaction) -> None:
    """Make it durable, after a while."""
    time.sleep(COMMIT_SECONDS)
    _commit(transaction)


if __name__ == "__main__":
    Lane.run = run  # type: ignore[method-assign, assignment]
    Transaction.commit = commit  # type: ignore[assignment, method-assign]
    main()
