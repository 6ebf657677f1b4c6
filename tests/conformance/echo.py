"""An echo on the server's own WebSocket class, for Autobahn's fuzzing client (`make autobahn`)."""

import asyncio
import sys
from typing import Final

from websockets.frames import Frame, Opcode

from notifyd.app import fastest_loop
from notifyd.websocket import WebSocket, text_message

# Autobahn's largest messages; the server's own limit is 64 KiB.
MAX_MESSAGE: Final = 16 * 1024 * 1024


class Echo(WebSocket):
    """Sends every message back."""

    def __init__(self) -> None:
        super().__init__(MAX_MESSAGE)

    def on_text(self, message: bytes) -> None:
        """Send text back."""
        self.write(text_message(message))

    def on_binary(self, message: bytes) -> None:
        """Send bytes back."""
        self.write(Frame(Opcode.BINARY, message).serialize(mask=False))


async def serve(port: int) -> None:
    """Echo on a port of the loopback until somebody ends the process."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fastest_loop()) as runner:
        runner.run(serve(int(sys.argv[1])))
