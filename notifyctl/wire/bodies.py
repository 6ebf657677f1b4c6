"""Bodies of the HTTP API: what is asked, and what is answered."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw

from notifyctl.wire.events import Content, Label, Milliseconds, Presentation, Seq
from notifyctl.wire.names import NAME_PATTERN

MAX_RECIPIENTS = 1_000
MAX_BATCH = 10_000

Durability = Literal["fsync", "replicated", "aof", "process", "memory"]

Address = Annotated[
    str, Meta(extra_json_schema={"pattern": f"^(?!topic:$)(topic:)?{NAME_PATTERN}$"})
]
# Each is looked at by itself: one that is no address is rejected, and the others are kept.
Recipients = Annotated[
    list[str],
    Meta(min_length=1, max_length=MAX_RECIPIENTS, extra_json_schema={"uniqueItems": True}),
]
UserId = Annotated[str, Meta(extra_json_schema={"pattern": f"^(?!me$|topic:){NAME_PATTERN}$"})]
Scope = Annotated[
    str, Meta(pattern=r"^(subscribe|publish|admin)( (subscribe|publish|admin))*$(?!\n)")
]

# Publishing


class PublishBody(Content, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One notification and where it goes: a user, `me`, `topic:<name>`, or several of these.

    `key` makes it repeatable: for 7 days the same key gets the first answer again. Over HTTP
    a field the server does not know is refused, lest a misspelt one be lost.
    """

    to: Address | Recipients
    key: Label | None = None


class BatchItem(PublishBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One notification of a batch; it goes to one user or topic."""

    to: Address


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where an event is, how durable it is, and how many sessions it was sent to at once."""

    seq: int
    stream: str
    durability: Durability
    sessions: int
    presentation: Presentation | None = None
    why: str | None = None


class Published(Stored, frozen=True, kw_only=True, tag_field="status", tag="stored"):
    """A notification that is committed; `id` is its event's."""

    id: str


class Rejected(msgspec.Struct, frozen=True, kw_only=True, tag_field="status", tag="rejected"):
    """A notification of several that was not accepted, and why; nothing of it was kept."""

    code: str
    message: str


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """One result per recipient or item, in their order."""

    results: list[Published | Rejected]


# Reading


class InboxPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of an inbox after a position; `next` is the position to ask for the page after it."""

    stream: str
    epoch: str
    head: int
    unread: int
    events: list[Raw]
    unread_ids: list[str]
    next: int | None


class ReadBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which notifications were read: the listed `ids`, or all up to `through`."""

    ids: Annotated[list[str], Meta(min_length=1, max_length=1000)] | None = None
    through: Seq | None = None


class ReadAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The `seq` of the event that tells every device; None when nothing was unread."""

    seq: int | None


class Receipt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a notification: stored, sent, acknowledged, read.

    `sent_at` and `acknowledged_at` are this node's memory of recent events and may be absent;
    `acknowledged_by` counts devices and is durable. Admins are told which, as `<user>/<device>`.
    """

    id: str
    stream: str
    seq: int
    title: str
    sender: str
    stored_at: str
    presentation: Presentation | None = None
    why: str | None = None
    sent_at: str | None = None
    acknowledged_at: str | None = None
    acknowledged_by: int
    read_at: str | None = None
    devices: list[str] | None = None


# Health and figures


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The process is alive."""

    status: Literal["ok"] = "ok"


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this server should get traffic; each check says `ok` or what is wrong."""

    ready: bool
    checks: dict[str, str]


class Stats(msgspec.Struct, frozen=True, kw_only=True):
    """Live figures of one server."""

    server: str
    uptime_s: float
    store: str
    durability: Durability
    draining: bool
    sessions: int
    users: int
    topics: int
    queue_bytes: int
    published: int
    delivered: int
    acknowledged: int


class TokenBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose token for development, and what it may do."""

    user: UserId = "alice"
    scope: Scope = "subscribe publish"


class TokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A token for development."""

    token: str
    user: str
    expires_in_ms: Milliseconds


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error, as RFC 9457 has it, with a stable `code`."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    retry_ms: Milliseconds | None = None
