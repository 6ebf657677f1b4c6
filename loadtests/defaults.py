"""What a scenario measures, and what it has to reach if nobody says otherwise."""

from collections.abc import Mapping, Sequence
from typing import Final

from loadtests.metrics import METRICS, Metric
from loadtests.spec import Scenario
from loadtests.threshold import Threshold, parse

# What only these scenarios measure.
_OWN: Final[Mapping[Scenario, tuple[str, ...]]] = {
    "reconnect": ("reconnect", "reconnect.refused", "resume.ok_ratio"),
    "offline": ("drain.per_user", "drain.whole", "drain.msgs_per_s", "resume.ok_ratio"),
    "fanout": ("fanout.last", "fanout.skew"),
}
_KEPT: Final = (
    "lost==0",
    "unexpected==0",
    "duplicated==0",
    "out_of_order==0",
    "skipped==0",
    "contradicted==0",
    "connect.achieved>=100%",
    "rate.achieved>=99%",
)
_TIMELY: Final[Mapping[Scenario, tuple[str, ...]]] = {
    "delivery": ("delivery.p99<250ms", "publish.ack.p99<100ms"),
    # What is published while everybody is away is late by as much, and has to be.
    "reconnect": ("reconnect.t99<30s", "resume.ok_ratio>=99%"),
    "offline": ("drain.per_user.p99<10s",),
    "fanout": ("fanout.last.p99<500ms",),
}


def metrics_of(scenario: Scenario) -> Sequence[Metric]:
    """What the scenario measures: the names that its thresholds may use."""
    foreign = {name for names in _OWN.values() for name in names} - {*_OWN.get(scenario, ())}
    return [metric for metric in METRICS if metric.name not in foreign]


def thresholds_of(scenario: Scenario, given: Sequence[str] = ()) -> list[Threshold]:
    """The thresholds of a run: those of the scenario, and those that were given.

    One that was given takes the place of the scenario's for the same figure. Raises `UsageError`
    for one that names nothing that the scenario measures.
    """
    metrics = metrics_of(scenario)
    own = [parse(text, metrics) for text in (*_TIMELY[scenario], *_KEPT)]
    asked = [parse(text, metrics) for text in given]
    replaced = {(threshold.metric.name, threshold.stat) for threshold in asked}
    kept = [one for one in own if (one.metric.name, one.stat) not in replaced]
    return asked + kept
