"""`notifyctl send`: send a notification, many of them, or what standard input lists."""

import re
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand

from notifyctl.cli.options import Context, Json, Token, Url, to_level, to_moment, to_seconds
from notifyctl.cli.output import clean, emit, progress, say, show
from notifyctl.cli.target import find_target, local_user
from notifyctl.errors import (
    FAILED,
    NotifyError,
    ServerUnreachable,
    TimedOut,
    Unauthorized,
    UsageError,
)

if TYPE_CHECKING:
    from notifyctl.client.api import Api
    from notifyctl.wire import BatchItem, Published, Receipt

WAIT: Final = "10s"
POLL_SECONDS: Final = 0.05
_TIME: Final = re.compile(r"\d+(\.\d+)?(ms|s|m|h|d)?")


class SendCommand(TyperCommand):
    """Takes `--wait` for `--wait=10s`: Typer knows no option whose value may be left out."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, once each wait has its time."""
        return super().parse_args(ctx, fill_in_wait(args))


def fill_in_wait(args: list[str]) -> list[str]:
    """The arguments with a time for each `--wait` that no time follows."""
    end = args.index("--") if "--" in args else len(args)
    return [
        f"--wait={WAIT}" if arg == "--wait" and not _TIME.fullmatch(following) else arg
        for arg, following in zip(args[:end], [*args[1:end], ""], strict=False)
    ] + args[end:]


def send(
    to: Annotated[
        str | None, typer.Argument(metavar="TO", help="A user, me, or topic:<name>.")
    ] = None,
    title: Annotated[str | None, typer.Argument(metavar="TITLE", help="What it says.")] = None,
    body: Annotated[
        str | None, typer.Option(metavar="TEXT", help="More words, below the title.")
    ] = None,
    level: Annotated[
        str | None, typer.Option(metavar="LEVEL", help="low, normal, high, critical. [normal]")
    ] = None,
    category: Annotated[
        str | None, typer.Option(metavar="WORD", help="What it is about: builds, chat. [general]")
    ] = None,
    data: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=TEXT", help="A field for programs; repeatable."),
    ] = None,
    link: Annotated[str | None, typer.Option(metavar="URL", help="Where a click leads.")] = None,
    collapse_key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Of those that share it, the newest counts.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="Sent again with it, it is stored once.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it stops to matter: 2h, or a date.")
    ] = None,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read a JSON object per line; options fill gaps.")
    ] = False,
    count: Annotated[int, typer.Option(min=1, metavar="N", help="Send it N times.")] = 1,
    rate: Annotated[
        float | None, typer.Option(min=0.001, metavar="R", help="At most R a second.")
    ] = None,
    wait: Annotated[
        str | None,
        typer.Option(metavar="[TIME]", help="Wait until a device acknowledged it. [10s]"),
    ] = None,
    json: Json = False,
    url: Url = None,
    token: Token = None,
    context: Context = None,
) -> None:
    """Send a notification to a user or a topic.

    \b
      notifyctl send alice "The build is green"
      notifyctl send topic:releases "2.0 is out" --link https://example.org/2.0
      notifyctl send alice "Are you there?" --wait
      cat notifications.ndjson | notifyctl send --stdin
    """
    from notifyctl.cli.letters import copies, from_lines, parse_data
    from notifyctl.client.api import Api

    seconds = None if wait is None else to_seconds(wait)
    fields = given(
        to=to,
        title=title,
        body=body,
        level=level and to_level(level),
        category=category,
        data=data and parse_data(data),
        url=link,
        collapse_key=collapse_key,
        expires_at=expires and to_moment(expires, time.time()),
    )
    if seconds is not None and (stdin or count > 1):
        raise UsageError(problem="--wait follows one notification; leave --stdin and --count out.")
    if not stdin and len(fields.keys() & {"to", "title"}) < 2:
        raise UsageError(problem='Say to whom and what: notifyctl send alice "Hello".')
    target = find_target(url, token=token, context=context)
    with Api(target.url, target.token_for(local_user(), "publish")) as api:
        if stdin:
            send_lines(api, from_lines(sys.stdin.buffer, fields, key), rate, json=json)
        elif count > 1:
            send_many(api, copies(fields, key, count), count, rate, json=json)
        else:
            send_one(api, next(copies(fields, key, 1)), seconds, json=json)


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def send_one(api: "Api", letter: "BatchItem", wait: float | None, *, json: bool) -> None:
    """Send it and say what became of it; with `wait` also when a device acknowledged it."""
    stored = post(api, letter)
    show(stored, summary(letter.to, stored), json=json)
    if wait is not None:
        receipt = await_ack(api, stored.id, wait)
        show(receipt, f"acknowledged after {latency_ms(receipt):.0f} ms", json=json)


def send_many(
    api: "Api", letters: Iterable["BatchItem"], count: int, rate: float | None, *, json: bool
) -> None:
    """Send them, and sum up: the first, the last, and how fast it went."""
    from notifyctl.cli.letters import paced

    start = time.monotonic()
    first = last = None
    with progress(count, "sending") as advance:
        for letter in paced(letters, rate):
            last = post(api, letter)
            first = first or last
            advance()
            if json:
                show(last, "", json=True)
    seconds = time.monotonic() - start
    if not json and first is not None and last is not None:
        emit(
            f"stored {count} for {clean(letter.to)} · #{first.seq} to #{last.seq}"
            f" · {seconds:.1f} s · {count / seconds:.0f}/s"
        )


def send_lines(
    api: "Api",
    lines: Iterable[tuple[int, "BatchItem | NotifyError"]],
    rate: float | None,
    *,
    json: bool,
) -> None:
    """Send each line; one that cannot be sent is named, and the others still go."""
    from notifyctl.cli.letters import paced

    failed = False
    for number, letter in paced(lines, rate):
        try:
            if isinstance(letter, NotifyError):
                raise letter
            stored = post(api, letter)
        except (ServerUnreachable, Unauthorized):
            raise
        except NotifyError as error:
            failed = True
            say(f"line {number}: {error}")
        else:
            show(stored, summary(letter.to, stored), json=json)
    if failed:
        raise typer.Exit(FAILED)


def post(api: "Api", letter: "BatchItem") -> "Published":
    """Publish it, as one of its own: what the server refuses is raised."""
    from msgspec import UNSET
    from msgspec.structs import asdict

    fields = {name: value for name, value in asdict(letter).items() if value is not UNSET}
    stored: Published = api.publish(**fields)
    return stored


def await_ack(api: "Api", event_id: str, seconds: float) -> "Receipt":
    """The receipt of a notification once a device acknowledged it, or `TimedOut`."""
    deadline = time.monotonic() + seconds
    while True:
        receipt = api.receipt(event_id)
        if receipt.acknowledged_by:
            return receipt
        if time.monotonic() >= deadline:
            raise TimedOut(what="No device acknowledged it", seconds=seconds)
        time.sleep(POLL_SECONDS)


def latency_ms(receipt: "Receipt") -> float:
    """From stored to acknowledged, by the server's clock."""
    from datetime import datetime

    done = receipt.acknowledged_at or receipt.stored_at
    taken = datetime.fromisoformat(done) - datetime.fromisoformat(receipt.stored_at)
    return taken.total_seconds() * 1000


def summary(to: str, stored: "Published") -> str:
    """`stored #42 for alice · alert · 2 sessions`."""
    sessions = "1 session" if stored.sessions == 1 else f"{stored.sessions} sessions"
    parts = (f"stored #{stored.seq} for {to}", stored.presentation, sessions)
    return " · ".join(part for part in parts if part)
