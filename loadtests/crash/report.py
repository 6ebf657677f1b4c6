"""What a person reads of a run: a line per round, a table of figures, and what went wrong."""

from collections.abc import Iterator
from typing import assert_never

from loadtests.crash.entries import (
    Abandoned,
    Acked,
    Answered,
    AnyEntry,
    Asked,
    Came,
    Dropped,
    Fault,
    Finished,
    Gapped,
    Given,
    Receipted,
    Refused,
    Welcomed,
)
from loadtests.crash.outcome import Figures, Outcome, Progress

MOST_FINDINGS = 10


def round_line(progress: Progress) -> str:
    """One round, as one line."""
    width = len(f"{progress.rounds}")
    state = "nothing wrong" if progress.wrong == 0 else f"{progress.wrong} WRONG"
    return (
        f"round {progress.round:>{width}}/{progress.rounds}  {progress.faults:<42}"
        f" back in {progress.back_seconds:5.2f} s"
        f"  acknowledged {progress.acknowledged:>7,}  delivered {progress.deliveries:>8,}"
        f"  {state}"
    )


def table(figures: Figures) -> Iterator[str]:
    """The figures, one per line."""
    rows = (
        ("kills", figures.kills, "with SIGKILL, at instants that the seed chose"),
        ("other faults", figures.freezes + figures.cuts + figures.silences, _others(figures)),
        ("published", figures.attempted, f"messages, in {figures.attempts:,} attempts"),
        ("acknowledged", figures.acknowledged, "the rest never got an answer"),
        ("recovered", figures.recovered, "came though they never got an answer"),
        ("delivered", figures.deliveries, f"to applications; {figures.expected:,} were promised"),
        ("lost", figures.lost, "acknowledged, and not delivered"),
        ("duplicated", figures.duplicated, "given to an application twice, or sent twice at once"),
        ("reordered", figures.reordered, "came after a later one"),
        ("forged", figures.forged, "came and were never published"),
        ("contradictions", figures.contradictions, "two answers for one message, or the like"),
        ("repeats on the wire", figures.replayed, "after a reconnect, as they shall be"),
        ("acks lost", figures.lost_acks, "on purpose"),
        ("sessions", figures.sessions, "that devices opened"),
        ("receipts checked", figures.receipts, "against what devices saw"),
    )
    for name, count, remark in rows:
        yield f"{name:<20} {count:>10,}  {remark}"


def conclusion(outcome: Outcome) -> Iterator[str]:
    """The verdict in words; with what is wrong, the history that shows it, and the seed."""
    shown = outcome.findings[:MOST_FINDINGS]
    for finding in shown:
        yield finding.text
    if (more := len(outcome.findings) - len(shown)) > 0:
        yield f"... and {more} more"
    if outcome.history:
        yield "The smallest history that shows the first of them:"
        for entry in outcome.history:
            yield f"{entry.at:10.3f}  {told(entry)}"
    figures = outcome.figures
    early = ", and was interrupted" if outcome.partial else ""
    ran = f"seed {outcome.seed}, {figures.rounds:,} rounds in {figures.seconds:,.0f} s{early}"
    match outcome.verdict:
        case "valid":
            yield f"VALID: every promise was kept ({ran})."
        case "violated":
            yield f"VIOLATED: a promise was broken ({ran})."
        case "unknown":
            yield f"UNKNOWN: {outcome.unknown or 'too little was seen to judge'} ({ran})."
        case _:
            assert_never(outcome.verdict)
    if outcome.kept is not None:
        yield f"The server's data and log, and the whole history, are in {outcome.kept}."


def told(entry: AnyEntry) -> str:
    """An entry of the history in words."""
    match entry:
        case Asked(message=message, ask=ask, via=via):
            return f"publisher asks over {via} ({ask}): {message}"
        case Answered(message=message, place=place, id=event):
            return f"publisher is answered: {message} is event {place} ({event})"
        case Refused(message=message, answer=answer):
            return f"publisher is refused: {message}: {answer}"
        case Abandoned(message=message):
            return f"publisher gives up without an answer: {message}"
        case Receipted(message=message, place=place, devices=devices):
            names = ", ".join(devices) or "nobody"
            return f"receipt: {message} is event {place}, acknowledged by {names}"
        case Fault(round=number, fault=fault):
            return f"fault in round {number}: {fault}"
        case _:
            return f"{entry.user}'s {entry.device} {_at_device(entry)}"


def _at_device(
    entry: Welcomed | Came | Given | Gapped | Acked | Dropped | Finished,
) -> str:
    match entry:
        case Welcomed(stream=stream, after=after):
            return f"is welcomed: {stream} after {after}"
        case Came() | Given():
            what = "is given" if isinstance(entry, Given) else "receives"
            message = "no message of this run" if entry.stamp is None else entry.stamp.message
            return f"{what} {entry.stream} {entry.place} ({entry.id}): {message}"
        case Gapped(stream=stream, first=first, last=last):
            return f"is told of a gap: {stream} {first} to {last}"
        case Acked(stream=stream, through=through, lost=lost):
            return f"acknowledges {stream} {through}{', which is lost' if lost else ''}"
        case Dropped(why=why):
            return f"is disconnected: {why}"
        case Finished():
            return "has read to the end"
        case _:
            assert_never(entry)


def _others(figures: Figures) -> str:
    return f"{figures.freezes:,} freezes, {figures.cuts:,} cuts, {figures.silences:,} silences"
