from typing import get_args

import pytest

from loadtests.defaults import metrics_of, thresholds_of
from loadtests.spec import Scenario
from notifyctl.errors import UsageError


def texts(scenario: Scenario, *given: str) -> list[str]:
    return [threshold.text for threshold in thresholds_of(scenario, given)]


@pytest.mark.parametrize("scenario", get_args(Scenario))
def test_no_scenario_may_lose_double_or_reorder_anything(scenario: Scenario) -> None:
    assert {"lost==0", "unexpected==0", "duplicated==0", "out_of_order==0"} <= set(texts(scenario))


def test_one_that_is_given_takes_the_place_of_the_scenarios_own() -> None:
    stricter = texts("delivery", "delivery.p99<50ms")

    assert "delivery.p99<50ms" in stricter
    assert "delivery.p99<250ms" not in stricter
    assert "publish.ack.p99<100ms" in stricter


def test_another_part_of_the_same_latency_stands_beside_it() -> None:
    assert {"delivery.p50<5ms", "delivery.p99<250ms"} <= set(texts("delivery", "delivery.p50<5ms"))


def test_what_a_scenario_does_not_measure_is_refused_before_it_runs() -> None:
    with pytest.raises(UsageError, match=r"fanout\.last"):
        thresholds_of("delivery", ["fanout.last.p99<1s"])

    assert thresholds_of("fanout", ["fanout.last.p99<1s"])
    assert "resume.ok_ratio" in {metric.name for metric in metrics_of("offline")}
