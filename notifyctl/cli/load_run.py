"""A load test from its start to its verdict: the runner, the screen, the tables, the files."""

import os
import shlex
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Self

import msgspec

from loadtests.abort import Abort
from loadtests.baseline import Limits, limits
from loadtests.defaults import metrics_of, thresholds_of
from loadtests.lines import Failed, Note, Result, Tick, decode_line
from loadtests.report import conclusion, tables
from loadtests.report.document import Document, decoded, judged, public
from loadtests.report.files import files
from loadtests.spec import Spec
from loadtests.threshold import Threshold
from loadtests.verdict import EXIT_STATUS, overall
from notifyctl.cli.load_runner import Runner
from notifyctl.cli.load_screen import Screen, screen_for
from notifyctl.cli.load_surroundings import surroundings
from notifyctl.cli.output import as_json, clean, emit, say, show_table
from notifyctl.errors import FAILED, INTERRUPTED, Inconclusive, NotWritable, UsageError

DEFAULT_REGRESS = 0.2


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, what it has to reach, and where to keep the result."""

    spec: Spec
    thresholds: list[Threshold]
    baseline: Document | None
    allowed: Limits
    abort_on_fail: bool
    out: Path | None
    command: str

    @classmethod
    def made(
        cls,
        spec: Spec,
        thresholds: Sequence[str],
        baseline: Path | None,
        max_regress: Sequence[str],
        *,
        abort_on_fail: bool,
        out: Path | None,
        command: Sequence[str],
    ) -> Self:
        """The plan, checked as far as it can be before the run. Raises `UsageError`."""
        if max_regress and baseline is None:
            raise UsageError(problem="--max-regress compares with a --baseline FILE; give one.")
        if out is not None:
            make_folder(out)
        return cls(
            spec=spec,
            thresholds=thresholds_of(spec.scenario, thresholds),
            baseline=None if baseline is None else read_baseline(baseline),
            allowed=limits(max_regress, DEFAULT_REGRESS, metrics_of(spec.scenario)),
            abort_on_fail=abort_on_fail,
            out=out,
            command=shlex.join(["notifyctl", *command]),
        )


class Told(msgspec.Struct):
    """What the runner told by now."""

    notes: list[str] = []
    result: Result | None = None
    failure: str | None = None
    stops: int = 0


def carry_out(plan: Plan, *, json: bool) -> int:
    """Do it, show it, keep it; the exit status."""
    started = datetime.fromtimestamp(time.time(), UTC)
    with screen_for(plan.spec.scenario, json=json) as screen:
        told = follow(plan, screen)
    if told.result is None:
        if told.stops:
            say("The run was interrupted before there was anything to judge.")
            return INTERRUPTED
        raise Inconclusive(reason=told.failure or "the runner ended without a result.")
    document = concluded(plan, told, told.result, started)
    if plan.out is not None:
        keep(document, plan.out)
    tell(document, plan.out, json=json)
    status = EXIT_STATUS[document.outcome]
    # Who interrupts knows it; only what is proven to be wrong is worth more than that.
    return INTERRUPTED if told.stops and status != FAILED else status


def follow(plan: Plan, screen: Screen) -> Told:
    """Let the runner run, and show what it tells."""
    told = Told()
    abort = Abort(plan.thresholds if plan.abort_on_fail else [])
    debug = bool(os.environ.get("NOTIFYCTL_DEBUG"))
    with Runner(msgspec.json.encode(plan.spec), debug=debug) as runner:
        is_aborted = False
        for text in runner.lines():
            try:
                line = decode_line(text)
            except msgspec.DecodeError:
                told.failure = f"the runner said {clean(text.decode(errors='replace')).strip()!r}."
                break
            screen.show(line, text)
            match line:
                case Tick() if not is_aborted and (broken := abort.broken(line)) is not None:
                    is_aborted = True
                    screen.remark(f"{broken.text} cannot be met any more; the run ends here.")
                    runner.stop()
                case Note(text=note):
                    told.notes.append(note)
                case Failed(reason=reason):
                    told.failure = reason
                case Result():
                    told.result = line
                case _:
                    pass
            if runner.stops == 1 and not told.stops:
                screen.remark("Ending early; once more ends it at once.")
            told.stops = runner.stops
        told.stops = runner.stops
        if told.result is None and told.failure is None:
            told.failure = runner.last_words()
    return told


def concluded(plan: Plan, told: Told, result: Result, started: datetime) -> Document:
    """The result with its verdict."""
    checks = conclusion.checks(result, plan.thresholds)
    beside = (
        [] if plan.baseline is None else conclusion.comparison(result, plan.baseline, plan.allowed)
    )
    # A figure that chance may have made worse decides nothing.
    regressed = [check for check in beside if check.verdict == "fail"]
    outcome = overall([check.verdict for check in [*checks, *regressed]])
    if told.failure is not None and outcome == "pass":
        outcome = "unknown"
    target = plan.spec.target
    return Document(
        version=version("notifyctl"),
        started=f"{started:%Y-%m-%d %H:%M:%S} UTC",
        command=plan.command,
        spec=public(plan.spec),
        target=None if target is None else target.http_url,
        outcome=outcome,
        sentence=told.failure or conclusion.sentence(outcome, [*checks, *regressed], result),
        checks=checks,
        comparison=beside,
        notes=told.notes,
        environment=surroundings(plan.spec) | result.environment,
        histograms=result.histograms,
        figures=result.figures,
        judgement=judged(result),
        series=result.series,
        is_partial=result.partial,
    )


def tell(document: Document, out: Path | None, *, json: bool) -> None:
    """Print what came of it: tables and one sentence, or a line of JSON."""
    if json:
        names = ("outcome", "sentence", "checks", "comparison")
        emit(as_json({"line": "verdict", **{name: getattr(document, name) for name in names}}))
        return
    if latencies := tables.latency_rows(document.histograms):
        show_table(tables.LATENCY_COLUMNS, latencies)
        emit("")
    if document.judgement is not None:
        show_table(tables.LOSS_COLUMNS, tables.loss_rows(document.judgement.figures))
        emit("")
    show_table(tables.CHECK_COLUMNS, tables.check_rows([*document.checks, *document.comparison]))
    emit(f"\n{document.sentence}")
    if out is not None:
        say(f"The report is {out / 'report.html'}.")


def keep(document: Document, folder: Path) -> None:
    """Write all files of the result. Raises `NotWritable`."""
    for name, content in files(document).items():
        try:
            (folder / name).write_bytes(content)
        except OSError as error:
            raise NotWritable(path=folder / name, reason=error.strerror) from None


def make_folder(folder: Path) -> None:
    """The folder for the results, before minutes were spent on them. Raises `NotWritable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise NotWritable(path=folder, reason="permission denied")
    except OSError as error:
        raise NotWritable(path=folder, reason=error.strerror) from None


def read_baseline(path: Path) -> Document:
    """The result of an earlier run. Raises `UsageError`."""
    try:
        return decoded(path.read_bytes())
    except OSError as error:
        raise UsageError(problem=f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise UsageError(problem=f"{path} cannot be compared with: {error}.") from None
