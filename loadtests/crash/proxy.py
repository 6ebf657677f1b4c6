"""The way to the server: a small TCP proxy that can be cut, and through which nothing may pass."""

import asyncio
from typing import Final

from loadtests.bench.loopback import LOOPBACK

_CHUNK: Final = 65_536


class Proxy:
    """Listens on a port of its own, and passes on what comes to another port, both ways."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._passing = asyncio.Event()
        self._passing.set()
        self._is_cut = False
        self._transports: set[asyncio.WriteTransport] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End, with all connections."""
        if self._server is not None:
            self._server.close()
        self.reset()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset all connections, and each new one at once."""
        self._is_cut = True
        self.reset()

    def silence(self) -> None:
        """Keep the connections, and everything that is sent on them."""
        self._passing.clear()

    def heal(self) -> None:
        """Let everything through again. What was held back is lost, with its connections."""
        if not self._passing.is_set():
            self.reset()
        self._is_cut = False
        self._passing.set()

    def reset(self) -> None:
        """Reset all connections; new ones get through."""
        for transport in self._transports:
            transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._transports.add(writer.transport)
        try:
            if not self._is_cut:
                await self._join(reader, writer)
        except OSError:
            writer.transport.abort()  # The server is down, or was killed right now.
        finally:
            self._transports.discard(writer.transport)
            writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._to_port)
        self._transports.add(far_writer.transport)
        pumps = [
            asyncio.create_task(self._pump(reader, far_writer)),
            asyncio.create_task(self._pump(far_reader, writer)),
        ]
        try:
            # Whoever ends it, ends it for both: neither HTTP nor WebSocket half-closes here.
            done, _ = await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in done:
                pump.result()
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._transports.discard(far_writer.transport)
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            await self._passing.wait()
            if writer.transport.is_closing():
                return  # The connection broke while its data was held back.
            writer.write(data)
            await writer.drain()
