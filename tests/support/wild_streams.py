"""Streams that are almost a WebSocket's, and a transport that carries them without a socket."""

import asyncio
from typing import Final

from hypothesis import strategies as st

from notifyd.websocket import WebSocket
from tests.support.raw_websocket import frame, request

FRAMES: Final = st.builds(
    frame,
    st.integers(0, 15) | st.sampled_from([0, 1, 1, 8, 9]),
    st.binary(max_size=130) | st.sampled_from([b"{}", b'{"type":"hello"}', b"\x03\xe8"]),
    fin=st.booleans(),
    reserved=st.sampled_from([0, 0, 0, 0, 0, 0, 1, 4]),
    masked=st.sampled_from([True] * 9 + [False]),
    announced=st.sampled_from([None] * 9 + [5, 126, 70_000, 2**63]),
)
REQUESTS: Final = st.sampled_from(
    [request(), request("/ws?hello=1"), request("/healthz"), request(without="Upgrade"), b""]
)


@st.composite
def streams(draw: st.DrawFn) -> list[bytes]:
    """A request and frames, some of them wrong, some bytes of it replaced, cut anywhere."""
    data = bytearray(draw(REQUESTS) + b"".join(draw(st.lists(FRAMES, max_size=12))))
    for _ in range(draw(st.integers(0, 3))):
        if data:
            data[draw(st.integers(0, len(data) - 1))] = draw(st.integers(0, 255))
    cuts = sorted(draw(st.sets(st.integers(0, len(data)), max_size=6)))
    ends = [*cuts, len(data)]
    return [bytes(data[start:end]) for start, end in zip([0, *cuts], ends, strict=True)]


class WildTransport(asyncio.Transport):
    """Notes what is written, and is as strict as a real one."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_ended = False
        self.is_closed = False
        self._reads = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_ended, "written after the end of the stream"
        self.written += bytes(data)

    def write_eof(self) -> None:
        self.is_ended = True

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        self.is_closed = True

    def abort(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def is_reading(self) -> bool:
        return self._reads and not self.is_closed

    def pause_reading(self) -> None:
        assert self.is_reading()
        self._reads = False

    def resume_reading(self) -> None:
        assert not self.is_reading()
        self._reads = True

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


async def carry(pieces: list[bytes], socket: WebSocket, *, to_the_end: bool) -> WildTransport:
    """Bring the pieces as a loop would: none while the socket does not want to be read."""
    transport = WildTransport()
    socket.connection_made(transport)
    for piece in pieces:
        while not transport.is_reading() and not transport.is_closed:
            await asyncio.sleep(0)
        if piece and not transport.is_closed:
            socket.data_received(piece)
    while not transport.is_reading() and not transport.is_closed:
        await asyncio.sleep(0)
    if to_the_end:
        if not transport.is_closed and not socket.eof_received():
            transport.close()
        socket.connection_lost(None)
    return transport
