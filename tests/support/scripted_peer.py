"""A WebSocket server in a thread, that does what a function says with each connection."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from notifyctl.wire import SUBPROTOCOL

Script = Callable[[ServerConnection], None]
Answer = Callable[[ServerConnection, Request], Response | None]


@contextmanager
def scripted_peer(
    script: Script, answer: Answer | None = None, *, compression: str | None = None
) -> Iterator[str]:
    """Its URL, as long as the block; `answer` may answer a request instead of upgrading it."""

    def play(socket: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            script(socket)

    server = serve(
        play,
        "127.0.0.1",
        0,
        process_request=answer,
        subprotocols=[SUBPROTOCOL],  # type: ignore[list-item]
        compression=compression,
        ping_interval=None,
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/ws"
    finally:
        server.shutdown()
        thread.join()
