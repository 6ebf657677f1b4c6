"""The library by itself: `websockets`' accept loop, and its `broadcast`, on uvloop."""

import asyncio
import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

receivers: set[ServerConnection] = set()


async def handle(connection: ServerConnection) -> None:
    """Welcome who says `hello`; send anything else to everybody."""
    try:
        async for message in connection:
            if message == "hello":
                receivers.add(connection)
                await connection.send("welcome")
            else:
                broadcast(receivers, message)
                await connection.send("done")
    finally:
        receivers.discard(connection)


async def main(port: int) -> None:
    """Serve for ever; neither compresses nor pings, like the others."""
    async with serve(handle, "127.0.0.1", port, compression=None, ping_interval=None):
        await asyncio.get_running_loop().create_future()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
