"""The stage of a crash test, in front of any server: a node of this process, or none at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from loadtests.crash.books import Books
from loadtests.crash.entries import AnyEntry
from loadtests.crash.history import History, read
from loadtests.crash.stage import Stage
from loadtests.own_server import OwnServer
from tests.support.nodes import Node

NOBODY = Node("http://127.0.0.1:9", "ws://127.0.0.1:9/ws")


class Reached:
    """What a stage has to know of its server."""

    def __init__(self, node: Node) -> None:
        self.http_port = urlsplit(node.http_url).port
        self.ws_port = urlsplit(node.ws_url).port
        self.token = node.token


@asynccontextmanager
async def stage(folder: Path, node: Node = NOBODY) -> AsyncIterator[Stage]:
    """A stage that is open as long as the block; everybody on it behaves as with the seed 1."""
    with History(folder / "history.jsonl", Books("r1")) as history:
        found = Stage(cast("OwnServer", Reached(node)), history, "r1", 1)
        await found.open()
        try:
            yield found
        finally:
            await found.close()


def noted(folder: Path) -> list[AnyEntry]:
    """What was noted on a stage, once it is closed."""
    return list(read(folder / "history.jsonl"))
