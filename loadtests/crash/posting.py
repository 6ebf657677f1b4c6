"""How a publisher asks, over HTTP or a WebSocket: a clear yes, a clear no, or no answer at all."""

import asyncio
from contextlib import suppress
from typing import Any, Final, Protocol

import msgspec
from aiohttp import ClientError, ClientSession, ClientTimeout
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from loadtests.crash.stage import Stage
from notifyctl import wire

# A server that stands still may have stored what it did not answer.
ANSWER_SECONDS: Final = 3.0
_AGAIN: Final = (429, 503)
_AGAIN_CODES: Final = ("rate_limited", "store_unavailable", "server_busy")


class Yes(msgspec.Struct, frozen=True):
    """It is stored: where, as which event, and whether that was said before, if that is told."""

    place: int
    id: str
    replayed: bool | None


class No(msgspec.Struct, frozen=True):
    """It is not stored, and the answer says why."""

    answer: str


class Post(Protocol):
    """A way to publish."""

    via: str

    async def ask(self, body: dict[str, Any]) -> Yes | No | None:
        """Publish; None when no answer came, or one that asks to try again."""

    async def close(self) -> None:
        """End it."""


class HttpPost:
    """Each message is a request of its own; connections are kept alive between them."""

    via = "http"

    def __init__(self, stage: Stage, publisher: str) -> None:
        self._url = f"{stage.http_url}/v1/notifications"
        self._session = ClientSession(
            headers={"Authorization": f"Bearer {stage.token(publisher, 'publish')}"},
            timeout=ClientTimeout(total=ANSWER_SECONDS),
        )

    async def ask(self, body: dict[str, Any]) -> Yes | No | None:
        """Publish."""
        try:
            async with self._session.post(self._url, json=body) as answer:
                text = await answer.text()
        except (ClientError, TimeoutError):
            return None
        if answer.status == 201:
            stored = msgspec.json.decode(text, type=wire.Published)
            replayed = answer.headers.get("Idempotent-Replayed") == "true"
            return Yes(stored.seq, stored.id, replayed)
        return None if answer.status in _AGAIN else No(f"status {answer.status}: {text[:200]}")

    async def close(self) -> None:
        """End it."""
        await self._session.close()


class SocketPost:
    """Messages leave over one session, which is opened when it is needed."""

    via = "websocket"

    def __init__(self, stage: Stage, publisher: str) -> None:
        self._url = stage.ws_url
        self._token = stage.token(publisher, "publish")
        self._socket: ClientConnection | None = None
        self._number = 0

    async def ask(self, body: dict[str, Any]) -> Yes | No | None:
        """Publish."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._socket is None:
                    self._socket = await self._connected()
                return await self._ask(self._socket, body)
        except (OSError, WebSocketException, TimeoutError):
            await self.close()
            return None

    async def close(self) -> None:
        """End it, as a program that crashes does."""
        if self._socket is not None:
            self._socket.transport.abort()
            with suppress(OSError, WebSocketException):
                await self._socket.close()
            self._socket = None

    async def _connected(self) -> ClientConnection:
        socket = await connect(self._url, proxy=None, compression=None, ping_interval=None)
        await socket.send(wire.encode(wire.Hello(token=self._token)).decode())
        return socket

    async def _ask(self, socket: ClientConnection, body: dict[str, Any]) -> Yes | No | None:
        self._number += 1
        await socket.send(
            msgspec.json.encode({"type": "publish", "id": self._number, **body}), text=True
        )
        while True:
            raw = await socket.recv(decode=False)
            frame = wire.decode_server(raw)
            match frame:
                case wire.Ok(id=self._number):
                    stored = wire.decode_answer(raw, wire.PublishedOk)
                    return Yes(stored.seq, stored.event, None)
                case wire.Error(id=self._number) | wire.Error(fatal=True):
                    return (
                        None if frame.code in _AGAIN_CODES else No(f"{frame.code}: {frame.message}")
                    )
