"""What publishers and devices share: the way to the server, the history, and how wild it is."""

from collections.abc import Callable
from random import Random

from loadtests.crash.history import History
from loadtests.crash.proxy import Proxy
from loadtests.own_server import OwnServer


class Stage:
    """A server behind proxies. While it is `wild`, devices drop out and acks are lost."""

    def __init__(self, server: OwnServer, history: History, run: str, seed: int) -> None:
        self.history = history
        self.note: Callable[..., None] = history.note
        self.run = run
        self.is_wild = True
        self.is_losing_acks = False
        self.token = server.token
        self._seed = seed
        self._http = Proxy(server.http_port)
        self._ws = Proxy(server.ws_port)
        self._proxies = (self._http, self._ws)

    async def open(self) -> None:
        """Let everybody in."""
        for proxy in self._proxies:
            await proxy.start()

    async def close(self) -> None:
        """End all connections."""
        for proxy in self._proxies:
            await proxy.stop()

    @property
    def http_url(self) -> str:
        """Where publishers find the HTTP API."""
        return f"http://127.0.0.1:{self._http.port}"

    @property
    def ws_url(self) -> str:
        """Where everybody finds the WebSocket."""
        return f"ws://127.0.0.1:{self._ws.port}/ws"

    def chance(self, name: str) -> Random:
        """Somebody's own source of chance: what others do with theirs does not change it."""
        return Random(f"{self._seed}-{name}")  # noqa: S311

    def cut(self) -> None:
        """Reset all connections, and let nobody in."""
        for proxy in self._proxies:
            proxy.cut()

    def silence(self) -> None:
        """Let nothing through."""
        for proxy in self._proxies:
            proxy.silence()

    def heal(self) -> None:
        """Let everything through again, and acks, too."""
        self.is_losing_acks = False
        for proxy in self._proxies:
            proxy.heal()

    def reset(self) -> None:
        """Reset all connections, so that everybody has to resume."""
        for proxy in self._proxies:
            proxy.reset()
