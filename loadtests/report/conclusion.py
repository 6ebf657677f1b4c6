"""What a run came to: every threshold judged, and one sentence for people."""

from collections.abc import Sequence

from loadtests.baseline import Limits, compare
from loadtests.histogram import Histogram
from loadtests.judgement import Figures, Judgement
from loadtests.lines import Result
from loadtests.metrics import Measured
from loadtests.report.document import Document, judged, main_metric
from loadtests.report.numbers import latency
from loadtests.report.tables import measured
from loadtests.threshold import Threshold
from loadtests.verdict import Check, Generator, Verdict, evaluate, gathered


def checks(result: Result, thresholds: Sequence[Threshold]) -> list[Check]:
    """Each threshold, compared with what was measured."""
    found, generator = measurements(result), generator_of(result)
    return [evaluate(threshold, found, generator) for threshold in thresholds]


def comparison(result: Result, baseline: Document, allowed: Limits) -> list[Check]:
    """Each figure beside that of an earlier run."""
    figures = None if baseline.judgement is None else baseline.judgement.figures
    before = gathered(baseline.histograms, baseline.figures, figures)
    return compare(measurements(result), before, allowed, generator_of(result))


def measurements(result: Result) -> dict[str, Measured]:
    """All that the run measured, by name."""
    judgement = judged(result)
    figures = None if judgement is None else judgement.figures
    return gathered(result.histograms, result.figures, figures)


def generator_of(result: Result) -> Generator:
    """How the process of the generator did that did worst."""
    lag = result.histograms.get("lag", Histogram())
    return Generator(lag, result.figures.get("generator.cpu", 0.0))


def sentence(outcome: Verdict, found: Sequence[Check], result: Result) -> str:
    """What a person wants to know who reads nothing else."""
    early = "The run was stopped early. " if result.partial else ""
    judgement = judged(result)
    match outcome:
        case "pass":
            what = f"All {len(found)} thresholds were met{_proof(judgement, result)}."
        case "fail":
            missed = [check for check in found if check.verdict == "fail"]
            names = ", ".join(f"{check.threshold} (measured {measured(check)})" for check in missed)
            what = f"{len(missed)} of {len(found)} thresholds {_were(missed)} missed: {names}."
        case "unknown":
            unknown = [check for check in found if check.verdict == "unknown"]
            what = "This says nothing about the server"
            what += f": {unknown[0].threshold}: {unknown[0].why}." if unknown else "."
    return early + what


def _were(missed: Sequence[Check]) -> str:
    return "was" if len(missed) == 1 else "were"


def _proof(judgement: Judgement | None, result: Result) -> str:
    if judgement is None:
        return ""
    words = f": {_delivered(judgement.figures)}"
    name = main_metric(result.histograms)
    if name is not None:
        words += f"; {name} took {latency(result.histograms[name].quantile(0.99))} (p99)"
    return words


def _delivered(figures: Figures) -> str:
    none = "none was lost, doubled or reordered"
    return f"{figures.received:,} copies came to {figures.devices:,} devices, and {none}"
