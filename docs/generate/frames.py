"""`frames.md`: what client and server say to each other on the WebSocket."""

from collections.abc import Iterable

import msgspec

from docs.generate.examples import example
from docs.generate.page import code, page
from docs.generate.shapes import fields, members, sentences
from notifyctl import wire

INTRODUCTION = f"""\
A client connects to `/ws` on the WebSocket port, offers the subprotocol `{wire.SUBPROTOCOL}` or
none, and says `hello` within 10 seconds. Every frame is one JSON object in a text message with
a `type`. Unknown fields are ignored, and a type the server does not know is answered with an
[`error`](#error). A client's frame has at most 64 KiB.

The token travels in `hello`, or in the header `Authorization: Bearer …` of the upgrade. With the
header, the path `/ws?hello=1` counts as an empty `hello`. A frame with an `id` gets one answer,
[`ok`](#ok) or [`error`](#error), with the same `id`. Why a session ends, say the
[close codes](close-codes.md)."""

PARTS: dict[type, str] = {
    wire.Claim: "#claim",
    wire.StreamState: "#streamstate",
    wire.Retry: "#retry",
    wire.Notification: "events.md#notification",
    wire.Read: "events.md#read",
    wire.Published: "http.md#published",
    wire.Rejected: "http.md#rejected",
}
WITHIN = (wire.Claim, wire.StreamState, wire.Retry)

# What stands beside `id` in the `ok` of a request.
ANSWERS: dict[str, tuple[type[msgspec.Struct], ...]] = {
    "subscribe": (wire.Subscribed,),
    "unsubscribe": (wire.Ok,),
    "publish": (wire.PublishedOk, wire.ManyPublishedOk),
    "read": (wire.ReadOk,),
    "token": (wire.TokenAccepted,),
    "ping": (wire.Pong,),
}


def frames() -> str:
    """The page."""
    return page(
        "Frames",
        "`notifyctl/wire/frames.py`",
        INTRODUCTION,
        "## From the client",
        *(section(tag(frame), frame) for frame in members(wire.AnyClientFrame)),
        "## From the server",
        *(section(tag(frame), frame) for frame in members(wire.AnyServerFrame)),
        "## What stands in an `ok`",
        *answers(),
        "## Within frames",
        *(section(part.__name__, part) for part in WITHIN),
    )


def tag(frame: type[msgspec.Struct]) -> str:
    """The frame's `type` on the wire."""
    return str(frame.__struct_config__.tag)


def section(heading: str, struct: type[msgspec.Struct]) -> str:
    """What a frame is for, its fields, and what one looks like."""
    parts = [f"### {heading}", sentences(struct), fields(struct, PARTS), *example(struct)]
    return "\n\n".join(parts)


def answers() -> Iterable[str]:
    """The `ok` of each request that says more than that."""
    for request, structs in ANSWERS.items():
        for struct in structs:
            if struct is not wire.Ok:
                heading = f"### ok to {code(request)}"
                if struct is wire.ManyPublishedOk:
                    heading += " for several"
                yield "\n\n".join(
                    [heading, sentences(struct), fields(struct, PARTS), *example(struct)]
                )
