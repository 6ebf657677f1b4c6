"""The result of a run as one document: `result.json`, from which every other file is written."""

from typing import Any, Final

import msgspec

from loadtests.histogram import Histogram
from loadtests.judgement import Judgement
from loadtests.lines import Result, Tick
from loadtests.spec import Spec
from loadtests.verdict import Check, Verdict

SCHEMA: Final = 1
"""Raised when a field gets another meaning; new ones may come at any time."""


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known about a run when it is over. No secret is in it."""

    schema: int = SCHEMA
    version: str
    started: str
    command: str
    """What to type to do it again."""
    spec: Spec
    """Without the target, which knows a secret; `target` is where it was."""
    target: str | None
    outcome: Verdict
    sentence: str
    checks: list[Check]
    comparison: list[Check] = []
    """Beside an earlier run, if one was given."""
    notes: list[str]
    environment: dict[str, Any]
    histograms: dict[str, Histogram]
    figures: dict[str, float]
    judgement: Judgement | None
    series: list[Tick]
    is_partial: bool = False

    @property
    def main(self) -> str | None:
        """The latency that the scenario is about; None if none was measured."""
        return main_metric(self.histograms)


def main_metric(histograms: dict[str, Histogram]) -> str | None:
    """The name of the latency that people ask for first: the way from publisher to device."""
    counted = [name for name, histogram in histograms.items() if histogram.count]
    return next((name for name in ("delivery", *sorted(counted)) if name in counted), None)


def public(spec: Spec) -> Spec:
    """The spec without its target, whose key is nobody's business."""
    return msgspec.structs.replace(spec, target=None)


def judged(result: Result) -> Judgement | None:
    """The ledger's judgement in a result; None where there is none."""
    return msgspec.convert(result.judgement, Judgement) if result.judgement else None


def encoded(document: Document) -> bytes:
    """The document as JSON that people can read and compare."""
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def decoded(text: bytes) -> Document:
    """The document in a `result.json`, of this version or an older one. Raises `ValueError`."""
    try:
        document = msgspec.json.decode(text, type=Document)
    except msgspec.DecodeError as error:
        raise ValueError(f"it is no result of a load run: {error}") from None
    if document.schema > SCHEMA:
        raise ValueError("it was written by a newer version; upgrade notifyctl")
    return document
