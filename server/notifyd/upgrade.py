"""The request that opens a connection on port 8001: a probe, an upgrade, or neither."""

from collections.abc import Callable, Collection, Sequence
from typing import Final
from urllib.parse import parse_qs

import msgspec

from notifyctl.wire import SUBPROTOCOL
from notifyd.origins import origin_allowed

PROBES: Final = frozenset({"/healthz", "/readyz"})
PATH: Final = "/ws"
ONCE: Final = ("Origin", "Host", "Authorization")
PROTOCOLS: Final = "Sec-WebSocket-Protocol"
TOKEN_PARAMETERS: Final = frozenset({"token", "access_token", "jwt"})

# Each line and their number are bounded elsewhere; together they could be a mebibyte.
MAX_HEAD: Final = 32 * 1024
HEAD_END: Final = b"\r\n\r\n"


class Head:
    """Where the head of a request ends, in bytes that come in any pieces."""

    __slots__ = ("_last", "_size", "is_complete")

    def __init__(self) -> None:
        self._last = b""
        self._size = 0
        self.is_complete = False

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """Cut `data` where the head ends: what belongs to it, and what follows."""
        end = (self._last + data).find(HEAD_END)
        self.is_complete = end >= 0
        cut = end + len(HEAD_END) - len(self._last) if self.is_complete else len(data)
        self._last = (self._last + data)[1 - len(HEAD_END) :]
        self._size += cut
        return data[:cut], data[cut:]

    @property
    def is_too_long(self) -> bool:
        """Whether nobody needs to see more of it."""
        return self._size > MAX_HEAD


class Probe(msgspec.Struct, frozen=True):
    """Somebody asks for the server's health."""

    path: str


class Refusal(msgspec.Struct, frozen=True):
    """No WebSocket: answered with an HTTP status and one sentence."""

    status: int
    sentence: str


class Upgrade(msgspec.Struct, frozen=True, kw_only=True):
    """A WebSocket is asked for. `token` is the bearer token of its headers.

    `says_hello`: the headers stand for the `hello` frame. What else is wrong with it is told
    after the upgrade, by a close code: a browser cannot see why an upgrade was refused.
    """

    token: str | None
    says_hello: bool
    has_token_in_url: bool
    speaks_our_version: bool


def read_request(
    path: str, values_of: Callable[[str], Sequence[str]], allowed_origins: Collection[str]
) -> Probe | Refusal | Upgrade:
    """What the request asks for. `path` may have a query; `values_of` gives a header's values."""
    place, _, query_string = path.partition("?")
    if place in PROBES:
        return Probe(place)
    if place != PATH:
        return Refusal(404, f"There is nothing here; the WebSocket is at {PATH}.\n")
    if repeated := [name for name in ONCE if len(values_of(name)) > 1]:
        return Refusal(400, f"The header {repeated[0]} may be there only once.\n")
    origin, host, authorization = (next(iter(values_of(name)), None) for name in ONCE)
    if not origin_allowed(origin, host, allowed_origins):
        return Refusal(403, "Pages of this origin may not connect; see allowed_origins.\n")
    query = parse_qs(query_string)
    scheme, _, token = (authorization or "").partition(" ")
    offered = {name.strip() for line in values_of(PROTOCOLS) for name in line.split(",")}
    return Upgrade(
        token=token.strip() if scheme.lower() == "bearer" and token.strip() else None,
        says_hello=query.get("hello") == ["1"],
        has_token_in_url=bool(query.keys() & TOKEN_PARAMETERS),
        speaks_our_version=not offered or SUBPROTOCOL in offered,
    )
