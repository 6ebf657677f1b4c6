"""Events: the entries of a stream, and what a publisher may say in one."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

Level = Literal["low", "normal", "high", "critical"]
Presentation = Literal["alert", "quiet", "held"]

LEVELS: Final[tuple[Level, ...]] = get_args(Level)

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Body = Annotated[str, Meta(max_length=4096)]
Slug = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$(?!\n)")]
Label = Annotated[str, Meta(min_length=1, max_length=128)]
_LINK = r"^([Hh][Tt][Tt][Pp][Ss]?:|(?![A-Za-z][A-Za-z0-9+.-]*:))[^\x00-\x20\\\"<>`]*$"
Url = Annotated[str, Meta(min_length=1, max_length=2048, extra_json_schema={"pattern": _LINK})]
Moment = Annotated[datetime, Meta(tz=True)]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1)]
# A number without end would be one that no clock can add.
Milliseconds = Annotated[int, Meta(ge=0, le=2**53 - 1)]


def lower_level(first: Level, second: Level) -> Level:
    """The less urgent of two levels."""
    return first if LEVELS.index(first) <= LEVELS.index(second) else second


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a publisher says: the fields of a notification, before defaults."""

    title: Title
    body: Body | UnsetType = UNSET
    category: Slug | UnsetType = UNSET
    level: Level | UnsetType = UNSET
    collapse_key: Label | UnsetType = UNSET
    url: Url | UnsetType = UNSET
    data: dict[str, Any] | UnsetType = UNSET
    expires_at: Moment | UnsetType = UNSET


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """One entry of a stream: `seq` counts 1, 2, 3 ... without holes."""

    seq: int
    id: str
    at: str


class Notification(Event, frozen=True, kw_only=True, tag="notification"):
    """Something a person should know.

    Topic events carry no `presentation`: one frame serves every subscriber.
    """

    title: str
    sender: str
    category: str
    level: Level
    presentation: Presentation | None = None
    why: str | None = None
    hold: str | None = None
    body: str | None = None
    collapse_key: str | None = None
    url: str | None = None
    data: dict[str, Any] | None = None
    expires_at: str | None = None
    op_id: str | None = None


class Read(Event, frozen=True, kw_only=True, tag="read"):
    """Notifications were read on one device: the listed `ids`, or all up to `through`."""

    ids: list[str] | None = None
    through: int | None = None
    op_id: str | None = None


AnyEvent = Notification | Read
