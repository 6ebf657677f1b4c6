"""Tokens for development: so that the first `curl` and the test page need no configuration."""

import time
import uuid
from ipaddress import ip_address
from typing import Final

import msgspec

from notifyctl.errors import BadRequest, NotFound
from notifyctl.wire import TokenAnswer, TokenBody, is_user
from notifyctl.wire.decoding import decode
from notifyd.auth import addressee, issue
from notifyd.http_api.node import Node
from notifyd.http_api.route import Answer, Call, answer
from notifyd.origins import LOOPBACK, hostname

PATH: Final = "/v1/dev/token"
TTL_SECONDS: Final = 3600.0

# A proxy on this machine makes everybody look local.
_FORWARDED: Final = (
    "Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Real-IP",
    "Via",
)

_bodies = msgspec.json.Decoder(TokenBody)


async def dev_token(node: Node, call: Call) -> Answer:
    """A token for one hour. Anything that hints at another machine finds no such page."""
    if node.dev_key is None or not node.settings.is_loopback or not _is_local(call):
        raise NotFound(what=f"page {PATH}")
    body = decode(call.body, _bodies) if call.body else TokenBody()
    if not is_user(body.user):
        raise BadRequest(detail="user: it must be a user id, such as alice")
    token = issue(
        node.dev_key,
        body.user,
        scopes=body.scope.split(),
        topics=["*"],
        now=time.time(),
        ttl_seconds=TTL_SECONDS,
        token_id=uuid.uuid4().hex,
        **addressee(node.settings),
    )
    return answer(
        TokenAnswer(token=token, user=body.user, expires_in_ms=int(TTL_SECONDS * 1000)),
        201,
        {"Cache-Control": "no-store"},
    )


def _is_local(call: Call) -> bool:
    """Whether the request comes from this machine, under its own name, from its own page.

    The name matters: a foreign page whose hostname is made to resolve to 127.0.0.1 has a
    loopback peer, but not a loopback `Host`. And what nginx forwards, if nobody told it
    otherwise, has a loopback `Host` and no other sign than its old HTTP/1.0.
    """
    host = call.headers.get("Host", "")
    origin = call.headers.get("Origin")
    return (
        _is_loopback(call.peer)
        and hostname(f"//{host}") in LOOPBACK
        and origin in {None, f"http://{host}"}
        and not any(name in call.headers for name in _FORWARDED)
        and not call.is_http_1_0
    )


def _is_loopback(peer: str | None) -> bool:
    try:
        return peer is not None and ip_address(peer).is_loopback
    except ValueError:
        return False
