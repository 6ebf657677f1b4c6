"""The floor: a frame that is encoded already, written to each transport on uvloop."""

import asyncio
import base64
import hashlib
import sys
from typing import Final, cast

import uvloop

from loadtests.bench.websocket import unmasked

GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
KEY: Final = b"Sec-WebSocket-Key: "

receivers: list[asyncio.Transport] = []


class Connection(asyncio.Protocol):
    """Just enough of a WebSocket: an upgrade, then short frames that come whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection was accepted."""
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """An upgrade, `hello`, or what goes to everybody."""
        if data.startswith(b"GET "):
            key = data.partition(KEY)[2].partition(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            return
        text = data[6:] if data[1] < 0x80 | 126 else data[8:]
        if text == b"hello":
            receivers.append(self.transport)
            self.transport.write(unmasked(b"welcome"))
            return
        frame = unmasked(text)
        for transport in receivers:
            transport.write(frame)
        self.transport.write(unmasked(b"done"))

    def connection_lost(self, _error: Exception | None) -> None:
        """A connection is gone."""
        if self.transport in receivers:
            receivers.remove(self.transport)


async def main(port: int) -> None:
    """Serve for ever."""
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
