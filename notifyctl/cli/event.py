"""How a person reads an event."""

from datetime import datetime
from typing import TYPE_CHECKING, assert_never

from notifyctl.cli.output import clean

if TYPE_CHECKING:
    from notifyctl.wire import AnyEvent


def event_line(to: str, event: "AnyEvent", today: datetime) -> str:
    """`10:00:07 alice #42 high  Title: body`, in the time zone of `today`."""
    from notifyctl.wire import Notification, Read

    place = f"{local_time(event.at, today)} {to} #{event.seq}"
    match event:
        case Notification(title=title, body=body, level=level):
            level_word = "" if level == "normal" else f" {level}"
            words = title if body is None else f"{title}: {body}"
            held = f"  (held: {event.why})" if event.presentation == "held" else ""
            return clean(f"{place}{level_word}  {words}{held}")
        case Read(ids=ids, through=through):
            what = f"{len(ids)} of them" if ids else f"all up to #{through}"
            return clean(f"{place} read  {what}")
        case _:
            assert_never(event)


def local_time(at: str, today: datetime) -> str:
    """The time of day of an event, with its date unless it is of `today`."""
    try:
        moment = datetime.fromisoformat(at).astimezone(today.tzinfo)
    except (ValueError, OverflowError):
        return at  # No time that this server would write; as it came, it still tells something.
    same_day = moment.date() == today.date()
    return moment.strftime("%H:%M:%S" if same_day else "%Y-%m-%d %H:%M:%S")
