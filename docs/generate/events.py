"""`events.md`: the entries of a stream."""

from docs.generate.examples import example
from docs.generate.page import page
from docs.generate.shapes import fields, members, sentences
from notifyctl import wire

INTRODUCTION = """\
A stream is `inbox`, one per user, or `topic:<name>`, one for all who follow it. Its events are
numbered 1, 2, 3 … without holes. They look the same in an [`events`](frames.md#events) frame and
in a [page of an inbox](http.md#get-v1usersuserinbox). `kind` says which of these an event is; a
client skips, and acknowledges, a kind that it does not know.

`id` is a UUIDv7. `at` is when the event was committed, in UTC with milliseconds."""


def events() -> str:
    """The page."""
    return page(
        "Events",
        "`notifyctl/wire/events.py`",
        INTRODUCTION,
        *(
            "\n\n".join(
                [
                    f"## {event.__struct_config__.tag}",
                    sentences(event),
                    fields(event),
                    *example(event),
                ]
            )
            for event in members(wire.AnyEvent)
        ),
    )
