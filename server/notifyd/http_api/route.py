"""What a route is: who may call it, what it asks for, what it answers, and who does the work."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, TypeVar
from urllib.parse import parse_qsl

import msgspec

from notifyctl.errors import BadRequest, NotifyError
from notifyctl.wire import ME, TOPIC, is_name
from notifyctl.wire.decoding import describe
from notifyd.auth import Identity
from notifyd.http_api.node import Node

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
MIB: Final = 1024**2
KEY_PATTERN: Final = r"[!-~]([ -~]{0,126}[!-~])?"

# Who may call: everybody, any valid token, or a token with the scope.
Access = Literal["open", "token", "subscribe", "publish", "admin"]

T = TypeVar("T", bound=msgspec.Struct)
_KEY: Final = re.compile(KEY_PATTERN)
_encoder = msgspec.json.Encoder()


class Call(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One request, its parts by name. `identity` is None only where everybody may call."""

    identity: Identity | None
    path: Mapping[str, str]
    query: str
    headers: Mapping[str, str]
    peer: str | None
    body: bytes
    is_http_1_0: bool = False

    @property
    def caller(self) -> Identity:
        """Who calls."""
        assert self.identity is not None
        return self.identity

    @property
    def user(self) -> str:
        """The user that the path names; `me` is the caller. Raises `BadRequest`."""
        user = self.path["user"]
        if not is_name(user) or user.startswith(TOPIC):
            raise BadRequest(detail="user: a user id is 1-128 bytes without control characters")
        return self.caller.user if user == ME else user

    @property
    def idempotency_key(self) -> str | None:
        """What makes the request repeatable. Raises `BadRequest`."""
        key = self.headers.get("Idempotency-Key")
        if key is not None and not _KEY.fullmatch(key):
            raise BadRequest(detail="Idempotency-Key: it must be 1-128 visible ASCII characters")
        return key

    def query_as(self, kind: type[T]) -> T:
        """The query parameters. Raises `BadRequest` naming the one that is wrong."""
        pairs = parse_qsl(self.query, keep_blank_values=True)
        parameters = dict(pairs)
        if len(parameters) < len(pairs):
            raise BadRequest(detail="a query parameter is given twice")
        try:
            return msgspec.convert(parameters, kind, strict=False)
        except msgspec.ValidationError as error:
            raise BadRequest(detail=describe(error)) from None


class Answer(msgspec.Struct, frozen=True):
    """What goes back."""

    body: bytes
    status: int = 200
    content_type: str = JSON
    headers: Mapping[str, str] = {}


def answer(body: msgspec.Struct, status: int = 200, headers: Mapping[str, str] = {}) -> Answer:
    """An answer in JSON."""
    return Answer(_encoder.encode(body), status, JSON, headers)


Handler = Callable[[Node, Call], Awaitable[Answer]]


class Asks(msgspec.Struct, frozen=True):
    """The body of a request: JSON of a type, or with `line` also NDJSON of that type."""

    body: Any
    line: type[msgspec.Struct] | None = None
    limit_bytes: int = MIB
    is_optional: bool = False


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table: all that the server, its description and its manual need to know.

    `answers` names the type of each status's body, or several of which it is one; `str` is
    plain text. `errors` belong to this route, besides what every request of its kind can meet.
    """

    method: Literal["GET", "POST"]
    path: str
    access: Access
    handler: Handler
    summary: str
    answers: Mapping[int, Any]
    asks: Asks | None = None
    query: type[msgspec.Struct] | None = None
    is_idempotent: bool = False
    errors: tuple[type[NotifyError], ...] = ()

    @property
    def name(self) -> str:
        """What logs and metrics call it: `GET /v1/users/{user}/inbox`."""
        return f"{self.method} {self.path}"
