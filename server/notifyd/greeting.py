"""Hello: who it is, on which device, and which streams it may follow from where."""

from typing import Final

import msgspec

from notifyctl.errors import BadRequest, Forbidden, Unauthorized
from notifyctl.wire import INBOX, Claim, Hello, is_topic
from notifyd.auth import SCOPES, Identity, Verifier

MAX_TOPICS: Final = 1_000


class Greeting(msgspec.Struct, frozen=True):
    """A hello that was accepted: the streams to follow, as the wire calls them, and its claims."""

    identity: Identity
    device: str | None
    claims: dict[str, Claim]


def greet(hello: Hello, token: str | None, verifier: Verifier, wall: float) -> Greeting:
    """Accept a hello; `token` is the one of the upgrade's headers, if the frame brings none.

    Everybody who may subscribe follows the own inbox, listed or not; who only publishes
    follows nothing. Raises what is wrong with the token or the streams.
    """
    token = hello.token or token
    if token is None:
        raise Unauthorized
    identity = verifier.verify(token, wall)
    if not any(map(identity.may, SCOPES)):
        raise Forbidden(reason="it carries no scope")
    require_room(len(hello.streams))
    for name in hello.streams.keys() - {INBOX}:
        require_topic(name, identity)
    claims = {INBOX: Claim(), **hello.streams}
    if not identity.may("subscribe"):
        del claims[INBOX]
    return Greeting(identity, hello.device, claims)


def require_topic(name: str, identity: Identity) -> str:
    """The topic, if it is one and the token may follow it; raises otherwise."""
    if not is_topic(name):
        raise BadRequest(detail=f"{name!r} is not a topic; topics are called topic:<name>")
    identity.require("subscribe")
    identity.require_topic(name)
    return name


def require_room(streams: int) -> None:
    """Raise unless a session may follow that many streams."""
    if streams > MAX_TOPICS:
        raise BadRequest(detail=f"a session follows at most {MAX_TOPICS} streams")
