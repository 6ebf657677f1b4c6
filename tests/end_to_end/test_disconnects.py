"""A thousand clients vanish in one moment: nothing is left of them, and hardly a word is said."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import ClientSession

from tests.support.nodes import Node, run
from tests.support.servers import ServerProcess, running

CLIENTS = 1_000
AT_ONCE = 50


async def vanish(server: ServerProcess) -> None:
    """Connect them all, then drop every connection without a word."""
    here = Node(server.http_url, server.ws_url)

    async def connect(stack: AsyncExitStack, name: int) -> asyncio.Transport:
        user = f"u{name}"
        session = here.session(user, token=server.token(user), device="phone")
        return (await stack.enter_async_context(session)).socket.transport

    async with AsyncExitStack() as stack:
        transports: list[asyncio.Transport] = []
        for first in range(0, CLIENTS, AT_ONCE):
            names = range(first, first + AT_ONCE)
            transports += await asyncio.gather(*(connect(stack, name) for name in names))
        for transport in transports:
            transport.abort()


async def metrics_when_empty(server: ServerProcess) -> str:
    """The figures, as soon as no connection is left."""
    async with ClientSession() as http:
        while True:
            async with http.get(f"{server.http_url}/metrics") as answer:
                text = await answer.text()
            if "notifyd_connections 0.0" in text:
                return text
            await asyncio.sleep(0.05)


def test_a_thousand_clients_that_vanish_leave_no_trace_and_no_flood(tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        run(vanish(server))
        metrics = run(metrics_when_empty(server))
        lines = [line for line in server.log() if "level" in line]

    assert "notifyd_sessions 0.0" in metrics
    assert f'notifyd_closes_total{{code="1006"}} {CLIENTS}.0' in metrics
    assert [line["message"] for line in lines] == ["ready"]
    assert "Traceback" not in server.log_path.read_text()
