"""The client's half of a WebSocket as plain bytes: cheap to prepare, cheap to send."""

from typing import Final

ACCEPTED: Final = b"\r\n\r\n"
"""What ends the answer to an upgrade."""


def upgrade(path: str = "/ws") -> bytes:
    """The request that opens a WebSocket."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def masked(text: bytes) -> bytes:
    """A client's text frame. A mask of zeros is a mask, and leaves the text as it is."""
    mask = b"\0\0\0\0"
    if len(text) < 126:
        return bytes((0x81, 0x80 | len(text))) + mask + text
    if len(text) < 65_536:
        return b"\x81\xfe" + len(text).to_bytes(2, "big") + mask + text
    return b"\x81\xff" + len(text).to_bytes(8, "big") + mask + text


def unmasked(text: bytes) -> bytes:
    """A server's text frame of less than 64 KiB."""
    if len(text) < 126:
        return bytes((0x81, len(text))) + text
    return b"\x81\x7e" + len(text).to_bytes(2, "big") + text
