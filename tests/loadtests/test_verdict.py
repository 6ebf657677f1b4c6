import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import Histogram
from loadtests.judgement import Figures, judge
from loadtests.metrics import Measured, Sample
from loadtests.threshold import parse
from loadtests.verdict import EXIT_STATUS, Check, Generator, Verdict, evaluate, gathered, overall
from tests.support.runs import device, ledger_of

MS = 1000


def histogram(*values_us: int) -> Histogram:
    recorded = Histogram()
    for value in values_us:
        recorded.record(value)
    return recorded


def generator(*, lag_us: int = 1 * MS, cpu: float = 0.3) -> Generator:
    return Generator(histogram(lag_us), cpu)


QUIET = generator()
STALLED = generator(lag_us=900 * MS)
BUSY = generator(cpu=0.97)


def check(
    text: str, measured: Measured | None, by: Generator = QUIET, name: str | None = None
) -> Check:
    threshold = parse(text)
    name = name or threshold.metric.name
    return evaluate(threshold, {} if measured is None else {name: measured}, by)


# One threshold


def test_a_latency_below_its_limit_passes_with_what_is_left() -> None:
    passed = check("delivery.p99<250ms", histogram(50 * MS))

    assert (passed.verdict, passed.measured, passed.target) == ("pass", 50 * MS, 250 * MS)
    assert passed.margin == 0.8
    assert (passed.unit, passed.samples, passed.why) == ("us", 1, "")


def test_a_latency_beyond_its_limit_fails() -> None:
    failed = check("delivery.p99<250ms", histogram(500 * MS))

    assert (failed.verdict, failed.margin, failed.why) == ("fail", -1.0, "")


@pytest.mark.parametrize(("lost", "verdict"), [(0, "pass"), (1, "fail")])
def test_a_count_is_compared(lost: int, verdict: Verdict) -> None:
    assert check("lost==0", Sample(lost, samples=1000)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "measured", "why"),
    [
        ("delivery.p99<250ms", None, "it was not measured"),
        ("delivery.p99<250ms", Histogram(), "there was nothing to measure"),
        ("delivery.p99>250ms", Histogram(), "there was nothing to measure"),
        ("lost==0", None, "it was not measured"),
        ("lost==0", Sample(0, samples=0), "there was nothing to measure"),
        (
            "lost==0",
            Sample(0, samples=9, doubt="3 copies were never read"),
            "3 copies were never read",
        ),
    ],
)
def test_what_was_not_observed_neither_passes_nor_fails(
    text: str, measured: Measured | None, why: str
) -> None:
    unknown = check(text, measured)

    assert (unknown.verdict, unknown.why) == ("unknown", why)
    assert unknown.samples == (9 if "never read" in why else 0)


@pytest.mark.parametrize(
    "measured", [Sample(1, samples=0), Sample(1, samples=9, doubt="3 copies were never read")]
)
def test_a_fault_that_was_seen_is_one_whatever_was_not_seen(measured: Sample) -> None:
    assert check("unexpected==0", measured).verdict == "fail"


# The generator at its limits


@pytest.mark.parametrize("value_us", [1 * MS, 800 * MS])
def test_a_stalled_generator_is_inconclusive_and_not_slow(value_us: int) -> None:
    unknown = check("delivery.p99<250ms", histogram(value_us), STALLED)

    assert unknown.verdict == "unknown"
    assert unknown.measured == value_us
    assert unknown.why == (
        "the generator itself was 900 ms late (p99), more than 25% of 250 ms; "
        "use a quieter machine or a lower rate"
    )


@pytest.mark.parametrize(
    "text", ["delivery.p99<250ms", "drain.msgs_per_s>10", "rate.achieved>=1", "drift.p99<=0.4"]
)
def test_a_busy_generator_is_inconclusive(text: str) -> None:
    measured: Measured = histogram(800 * MS) if "delivery" in text else Sample(0.5, samples=1)
    unknown = check(text, measured, BUSY)

    assert unknown.verdict == "unknown"
    assert unknown.why == (
        "the generator needed 97% of a processor, more than 85%; "
        "use more --processes or a lower rate"
    )


@pytest.mark.parametrize(
    ("lag_us", "verdict"), [(25_000, "pass"), (25_600, "unknown"), (30_000, "unknown")]
)
def test_lateness_up_to_a_quarter_of_the_limit_is_no_doubt(lag_us: int, verdict: Verdict) -> None:
    lag = Generator(histogram(lag_us), cpu=0.85)

    assert check("delivery.p99<100ms", histogram(MS), lag).verdict == verdict


def test_the_lateness_of_a_generator_is_its_99th_percentile() -> None:
    lag = Generator(histogram(*[MS] * 99, 900 * MS), cpu=0.1)

    assert check("delivery.p99<250ms", histogram(MS), lag).verdict == "pass"


def test_a_generator_that_was_not_observed_raises_no_doubt() -> None:
    unobserved = Generator(Histogram(), cpu=0.0)

    assert check("delivery.p99<250ms", histogram(MS), unobserved).verdict == "pass"


def test_a_rate_that_was_reached_was_reached_however_busy_the_generator() -> None:
    assert check("rate.achieved>=0.99", Sample(1.0, samples=9), BUSY).verdict == "pass"


def test_a_late_generator_is_no_excuse_for_a_rate() -> None:
    assert check("rate.achieved>=0.99", Sample(0.5, samples=9), STALLED).verdict == "fail"


@pytest.mark.parametrize("by", [STALLED, BUSY])
@pytest.mark.parametrize("name", ["lost", "duplicated", "out_of_order", "unexpected", "skipped"])
def test_nothing_excuses_what_was_lost_doubled_or_reordered(name: str, by: Generator) -> None:
    assert check(f"{name}==0", Sample(1, samples=9), by).verdict == "fail"
    assert check(f"{name}==0", Sample(0, samples=9), by).verdict == "pass"


def test_the_lateness_itself_may_have_a_limit() -> None:
    assert check("lag.p99<10ms", STALLED.lag, STALLED).verdict == "fail"


# All of them


@pytest.mark.parametrize(
    ("verdicts", "verdict", "status"),
    [
        (["pass", "pass"], "pass", 0),
        (["pass", "fail"], "fail", 1),
        (["pass", "unknown"], "unknown", 3),
        (["unknown", "fail", "pass"], "fail", 1),
        ([], "unknown", 3),
    ],
)
def test_the_worst_verdict_counts_and_becomes_the_exit_status(
    verdicts: list[Verdict], verdict: Verdict, status: int
) -> None:
    assert overall(verdicts) == verdict
    assert EXIT_STATUS[overall(verdicts)] == status


def test_a_stalled_generator_that_lost_nothing_is_inconclusive_and_one_that_lost_has_failed() -> (
    None
):
    late = check("delivery.p99<250ms", histogram(800 * MS), STALLED)
    kept = check("lost==0", Sample(0, samples=9), STALLED)
    lost = check("lost==0", Sample(1, samples=9), STALLED)

    assert overall([late.verdict, kept.verdict]) == "unknown"
    assert overall([late.verdict, lost.verdict]) == "fail"


@given(
    st.lists(st.integers(0, 10**9), min_size=1),
    st.integers(1, 10**9),
    st.sampled_from([QUIET, STALLED, BUSY]),
)
def test_a_latency_fails_only_by_a_quiet_generator(
    values: list[int], limit_us: int, by: Generator
) -> None:
    failed = check(f"delivery.p99<{limit_us}us", histogram(*values), by)

    if failed.verdict == "fail":
        assert by.cpu <= 0.85
        assert by.lag.max <= limit_us / 4
        assert failed.measured is not None
        assert failed.measured >= limit_us


# What a ledger says


def test_what_the_ledger_counts_can_be_compared() -> None:
    ledger = ledger_of(3)
    device(ledger, 1, 3, 3)
    measured = gathered({}, {}, judge(ledger).figures)
    verdicts = {
        text: evaluate(parse(text), measured, QUIET).verdict
        for text in ("lost==0", "lost==1", "duplicated<=1", "out_of_order==0", "unexpected==0")
    }

    assert verdicts == {
        "lost==0": "fail",
        "lost==1": "pass",
        "duplicated<=1": "pass",
        "out_of_order==0": "pass",
        "unexpected==0": "pass",
    }


def test_nothing_lost_is_no_proof_while_copies_are_unread() -> None:
    ledger = ledger_of(3)
    device(ledger, 1, 2, 3)
    ledger.receiver("alice", "laptop")
    measured = gathered({}, {}, judge(ledger).figures)

    unknown = evaluate(parse("lost==0"), measured, QUIET)

    assert (unknown.verdict, unknown.why) == ("unknown", "3 copies were never read")
    assert unknown.samples == 3


def test_the_ledger_has_the_last_word() -> None:
    measured = gathered(
        {"delivery": histogram(MS)}, {"lost": 5, "rate.achieved": 1.0}, Figures(expected=2)
    )

    assert measured["lost"] == Sample(0, samples=2)
    assert measured["rate.achieved"] == Sample(1.0, samples=1)
    assert measured["delivery"] == histogram(MS)


def test_without_anything_received_nothing_is_proven() -> None:
    measured = gathered({}, {}, Figures(attempted=5, acknowledged=0))
    texts = ("lost==0", "duplicated==0", "out_of_order==0", "unexpected==0", "skipped==0")

    assert [evaluate(parse(text), measured, QUIET).verdict for text in texts] == ["unknown"] * 5
    assert evaluate(parse("unknown==0"), measured, QUIET).verdict == "pass"
