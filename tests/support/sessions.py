"""Sessions in the state a test needs, without a socket, a clock or a store."""

from collections.abc import Mapping, Sequence

from notifyctl.wire import Claim, Hello
from notifyd.auth import Verifier, issue
from notifyd.keepalive import Timing
from notifyd.keys import secret_key
from notifyd.session import Session
from notifyd.stream import Attachment, Position

ALICE = "alice"
SECRET = b"0123456789abcdef0123456789abcdef"
KEY = secret_key(SECRET)
NOW = 1_000.0
WALL = 1_800_000_000.0


def token(
    user: str = ALICE,
    *,
    scopes: Sequence[str] = ("subscribe",),
    topics: Sequence[str] = (),
    ttl: float = 3600.0,
    secret: bytes = SECRET,
) -> str:
    """A token that was issued at `WALL`."""
    return issue(
        secret_key(secret),
        user,
        scopes=scopes,
        topics=topics,
        now=WALL,
        ttl_seconds=ttl,
        token_id="t",
    )


def hello(
    *,
    device: str | None = None,
    streams: Mapping[str, Claim] | None = None,
    scopes: Sequence[str] = ("subscribe",),
    topics: Sequence[str] = (),
) -> Hello:
    """A hello with a good token."""
    return Hello(
        token=token(scopes=scopes, topics=topics), device=device, streams=dict(streams or {})
    )


def session() -> Session:
    """A session that nobody said hello to."""
    return Session("s1", server="notifyd/test", verifier=Verifier([KEY]), timing=Timing(), now=NOW)


def attachment(
    *,
    stream: str = "inbox:alice",
    head: int = 0,
    floor: int = 1,
    cursor: int | None = None,
    acknowledged: int = 0,
) -> Attachment:
    """What a store says about one stream."""
    return Attachment(
        generation=1,
        cursors={} if cursor is None else {stream: cursor},
        positions={stream: Position(epoch="e", head=head, floor=floor)},
        acknowledged=acknowledged,
        unread=0,
    )


def connected(
    *,
    device: str | None = None,
    head: int = 0,
    cursor: int | None = None,
    topics: Sequence[str] = (),
    scopes: Sequence[str] = ("subscribe",),
) -> Session:
    """A session that was welcomed to its inbox."""
    conversation = session()
    conversation.receive(hello(device=device, scopes=scopes, topics=topics), WALL)
    conversation.attached(attachment(head=head, cursor=cursor), WALL)
    return conversation


def publisher() -> Session:
    """A session whose token may publish, too."""
    return connected(scopes=("subscribe", "publish"))
