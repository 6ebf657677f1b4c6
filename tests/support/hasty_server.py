"""A server that answers too early: what it calls stored is committed with what comes next.

    python -P tests/support/hasty_server.py serve ...

Nobody notices until it is killed. Then the last that it answered is gone.
"""

import sqlite3

from notifyctl.cli import main
from notifyd.store.sqlite import SqliteStore
from notifyd.store.transaction import Transaction

_begin = SqliteStore._begin
_commit = Transaction.commit
_answered: list[Transaction] = []


def begin(store: SqliteStore, connection: sqlite3.Connection) -> Transaction:
    """Commit what was answered long ago, and begin."""
    while _answered:
        _commit(_answered.pop())
    return _begin(store, connection)


def commit(transaction: Transaction) -> None:
    """Not now."""
    _answered.append(transaction)


if __name__ == "__main__":
    SqliteStore._begin = begin  # type: ignore[method-assign]
    Transaction.commit = commit  # type: ignore[method-assign]
    main()
