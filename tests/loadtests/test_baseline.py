import math

import pytest

from loadtests.baseline import Limits, compare, interval, limits
from loadtests.histogram import Histogram
from loadtests.metrics import Measured, Sample
from loadtests.threshold import named
from loadtests.verdict import Check, Generator
from notifyctl.errors import UsageError

QUIET = Generator(Histogram(), cpu=0.1)
TENTH = Limits(0.10)


def exponential(mean_us: int, count: int = 20_000) -> Histogram:
    recorded = Histogram()
    for number in range(count):
        recorded.record(round(-math.log(1 - (number + 0.5) / count) * mean_us))
    return recorded


def verdicts(checks: list[Check]) -> dict[str, str]:
    return {check.threshold.partition(" ")[0]: check.verdict for check in checks}


def compared(now: Measured, before: Measured, name: str = "delivery") -> dict[str, str]:
    return verdicts(compare({name: now}, {name: before}, TENTH, QUIET))


# Regressions


def test_the_same_again_is_no_regression() -> None:
    passed = dict.fromkeys(("delivery.p50", "delivery.p90", "delivery.p99"), "pass")

    assert compared(exponential(50_000), exponential(50_000)) == passed


def test_what_became_slower_by_more_than_is_allowed_fails() -> None:
    failed = dict.fromkeys(("delivery.p50", "delivery.p90", "delivery.p99"), "fail")

    assert compared(exponential(80_000), exponential(50_000)) == failed


def test_what_became_faster_passes() -> None:
    assert set(compared(exponential(20_000), exponential(50_000)).values()) == {"pass"}


def test_a_part_of_the_distribution_that_became_slower_is_named() -> None:
    now = exponential(50_000)
    for _ in range(300):
        now.record(900_000)

    assert compared(now, exponential(50_000)) == {
        "delivery.p50": "pass",
        "delivery.p90": "pass",
        "delivery.p99": "fail",
    }


def test_what_may_be_chance_is_no_regression() -> None:
    (_, _, check) = compare(
        {"delivery": exponential(58_000, 2000)},
        {"delivery": exponential(50_000, 2000)},
        TENTH,
        QUIET,
    )

    assert check.verdict == "unknown"
    assert check.why.startswith("chance alone puts it between ")
    assert check.why.endswith("; let both run longer")


def test_too_few_observations_tell_nothing() -> None:
    (*_, check) = compare(
        {"delivery": exponential(90_000, 50)},
        {"delivery": exponential(50_000, 400)},
        TENTH,
        QUIET,
    )

    assert check.verdict == "unknown"
    assert check.why == "50 observations are too few to tell p99 of chance"


def test_a_check_says_what_was_compared() -> None:
    (check, *_) = compare(
        {"delivery": exponential(80_000)}, {"delivery": exponential(50_000)}, TENTH, QUIET
    )

    assert check.threshold == "delivery.p50 <= 110% of the baseline"
    assert check.target == pytest.approx(math.log(2) * 50_000 * 1.1, rel=0.01)
    assert check.measured == pytest.approx(math.log(2) * 80_000, rel=0.01)


@pytest.mark.parametrize(("now", "verdict"), [(0.95, "pass"), (0.85, "fail"), (1.2, "pass")])
def test_of_shares_and_rates_more_is_better(now: float, verdict: str) -> None:
    for name in ("resume.ok_ratio", "drain.msgs_per_s"):
        assert compared(Sample(now, 1), Sample(1.0, 1), name) == {name: verdict}


def test_a_generator_at_its_limits_is_inconclusive() -> None:
    checks = compare(
        {"delivery": exponential(80_000)},
        {"delivery": exponential(50_000)},
        TENTH,
        Generator(Histogram(), cpu=0.99),
    )

    assert set(verdicts(checks).values()) == {"unknown"}


def test_only_what_both_runs_have_is_compared() -> None:
    late, prompt = exponential(900), exponential(100)
    now: dict[str, Measured] = {"delivery": late, "lost": Sample(3, 9), "lag": late}
    before: dict[str, Measured] = {"publish.ack": late, "lost": Sample(0, 9), "lag": prompt}

    # Counts have thresholds of their own, and the lag is not the server's.
    assert compare(now, before, TENTH, QUIET) == []


def test_a_baseline_with_nothing_in_it_is_inconclusive() -> None:
    checks = compare({"delivery": exponential(9)}, {"delivery": Histogram()}, TENTH, QUIET)

    assert {check.why for check in checks} == {"the baseline has nothing of it"}
    assert set(verdicts(checks).values()) == {"unknown"}


# How much is allowed


def test_some_figures_have_limits_of_their_own() -> None:
    allowed = limits(["30%", "delivery.p99 = 5%", "publish.ack.p50=12.5%"], every=0.2)

    assert allowed == Limits(
        0.3,
        {named("delivery.p99", ""): 0.05, named("publish.ack.p50", ""): 0.125},
    )


def test_a_limit_of_its_own_counts() -> None:
    now, before = {"delivery": exponential(57_500)}, {"delivery": exponential(50_000)}
    allowed = limits(["delivery.p90=5%", "delivery.p99.9=500%"], every=0.2)

    checks = compare(now, before, allowed, QUIET)

    assert len(checks) == 4
    assert verdicts(checks) == {
        "delivery.p50": "pass",
        "delivery.p90": "fail",
        "delivery.p99": "pass",
        "delivery.p99.9": "pass",
    }


def test_of_a_maximum_nobody_knows_what_chance_does() -> None:
    now, before = {"delivery": exponential(57_500)}, {"delivery": exponential(50_000)}
    (*_, check) = compare(now, before, limits(["delivery.max=5%"], every=0.2), QUIET)

    assert (check.threshold, check.verdict) == ("delivery.max <= 105% of the baseline", "fail")


def test_a_limit_for_what_was_not_measured_compares_nothing() -> None:
    allowed = limits(["publish.ack.p99=5%"], every=0.2)

    assert compare({}, {"publish.ack": exponential(9)}, allowed, QUIET) == []


def test_without_a_word_the_given_limit_counts() -> None:
    assert limits([], every=0.2) == Limits(0.2)


@pytest.mark.parametrize("text", ["20", "fast", "delivery.p99=", "=20%", "-5%", "delivery.p99<5%"])
def test_a_limit_that_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no percentage; write 20% or delivery\.p99=20%\."):
        limits([text], every=0.2)


def test_a_limit_of_an_unknown_metric_is_refused() -> None:
    with pytest.raises(UsageError, match="perhaps delivery was meant"):
        limits(["delivry.p99=5%"], every=0.2)


# Chance


def test_more_observations_leave_less_to_chance() -> None:
    widths = []
    for count in (1_000, 10_000, 100_000):
        found = interval(exponential(50_000, count), 0.9)
        assert found is not None
        assert found[0] <= math.log(10) * 50_000 * 1.01
        assert found[1] >= math.log(10) * 50_000 * 0.99
        widths.append(found[1] - found[0])

    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 5 * widths[2]


def test_chance_moves_a_median_by_two_and_a_half_deviations_of_its_place() -> None:
    histogram = Histogram()
    for value in range(1, 10_001):
        histogram.record(value)

    # A deviation is 50 places: the square root of 10,000 / 4.
    assert interval(histogram, 0.5) == (histogram.ranked(5000 - 129), histogram.ranked(5000 + 129))


@pytest.mark.parametrize(("count", "share"), [(5, 0.5), (100, 0.99), (100, 0.01)])
def test_few_observations_leave_everything_to_chance(count: int, share: float) -> None:
    assert interval(exponential(50_000, count), share) is None
