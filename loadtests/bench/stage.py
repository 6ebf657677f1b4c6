"""Where a run takes place: its folder, the servers it started, and whom it tells."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Self

from loadtests.bench.peers.peer import Missing, Peer
from loadtests.bench.server import Server

Tell = Callable[[str], None]


class Stage:
    """Everything that is started on it ends with it; its folder is removed."""

    def __init__(self, place: Path | None = None, tell: Tell = lambda _: None) -> None:
        self.folder = Path(mkdtemp(prefix="notifyctl-bench-", dir=place))
        self.tell = tell
        self.absent: list[str] = []
        self._ending = ExitStack()
        self._ending.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.close()

    def server(self, name: str = "notifyd", **settings: str) -> Server:
        """A fresh server with an empty store, or with what lies in its folder already."""
        server = Server(self.folder / name, **settings)
        # A server that crashed on purpose has another process by then.
        self._ending.callback(lambda: server.process.stop())
        server.await_ready()
        return server

    def peer(self, start: Callable[[bytes, Path], Peer], text: bytes) -> Peer:
        """A peer that sends `text` with each event. Raises `Missing`."""
        peer = start(text, self.folder)
        self._ending.callback(peer.process.stop)
        peer.process.await_listening()
        return peer

    def without(self, missing: Missing) -> None:
        """Note that a peer is not there, and go on without it."""
        self.absent.append(str(missing))
        self.tell(f"without {missing}")

    def forget(self, name: str) -> None:
        """Remove what a server that is gone has left in its folder."""
        shutil.rmtree(self.folder / name)
