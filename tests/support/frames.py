"""What a server says to a client, in as few words as a test needs."""

from typing import Literal

from notifyctl.wire import (
    Events,
    Gap,
    Notification,
    Read,
    Resume,
    Retry,
    StreamState,
    Welcome,
    timestamp,
)

EPOCH = "e1"
SOON = Retry(base_ms=1, cap_ms=1)


def notification(seq: int, title: str | None = None) -> Notification:
    """An event whose title names its seq, unless the test has another one in mind."""
    return Notification(
        seq=seq,
        id=f"id-{seq}",
        at=timestamp(1_800_000_000.0 + seq),
        title=title or f"event {seq}",
        sender="builds",
        category="general",
        level="normal",
        presentation="alert",
        why="open",
    )


def read(seq: int, through: int) -> Read:
    """The event that says everything up to `through` was read."""
    return Read(seq=seq, id=f"id-{seq}", at=timestamp(1_800_000_000.0 + seq), through=through)


def events(*seqs: int, stream: str = "inbox", epoch: str = EPOCH, live: bool = True) -> Events:
    """An `events` frame with a notification for each seq."""
    return Events(stream=stream, epoch=epoch, live=live, events=[notification(seq) for seq in seqs])


def gap(
    first: int,
    last: int,
    *,
    stream: str = "inbox",
    epoch: str = EPOCH,
    reason: Literal["retention", "epoch"] = "retention",
) -> Gap:
    """A `gap` frame."""
    return Gap(stream=stream, epoch=epoch, first=first, last=last, reason=reason)


def stream_state(
    after: int = 0, *, head: int | None = None, epoch: str = EPOCH, resume: Resume = "exact"
) -> StreamState:
    """Where a session starts in a stream."""
    return StreamState(
        epoch=epoch, head=after if head is None else head, after=after, resume=resume
    )


def welcome(
    inbox: StreamState | None = None,
    *,
    topics: dict[str, StreamState] | None = None,
    device: str | None = "phone",
    ping_s: float = 25.0,
    token_expires_in_ms: int = 3_600_000,
    retry: Retry | None = None,
) -> Welcome:
    """The answer to `hello`: the inbox starts empty, unless the test says otherwise."""
    return Welcome(
        session="s1",
        user="alice",
        device=device,
        server="notifyd/test",
        ping_s=ping_s,
        token_expires_in_ms=token_expires_in_ms,
        streams={"inbox": inbox or stream_state(), **(topics or {})},
        unread=0,
        retry=retry or Retry(base_ms=500, cap_ms=20_000),
    )
