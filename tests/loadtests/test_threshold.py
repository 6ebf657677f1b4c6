import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtests.histogram import Histogram
from loadtests.metrics import METRICS, Quantity, Sample
from loadtests.threshold import OPERATORS, UNITS, parse, share_of, statistic
from notifyctl.errors import USAGE, UsageError


@pytest.mark.parametrize(
    ("text", "metric", "stat", "op", "target"),
    [
        ("delivery.p99<250ms", "delivery", "p99", "<", 250_000),
        (" delivery.p99.9 <= 1.5 s ", "delivery", "p99.9", "<=", 1_500_000),
        ("publish.ack.p99<100ms", "publish.ack", "p99", "<", 100_000),
        ("connect.handshake.max<2min", "connect.handshake", "max", "<", 120_000_000),
        ("reconnect.t90<5s", "reconnect", "t90", "<", 5_000_000),
        ("fanout.skew.p50<900us", "fanout.skew", "p50", "<", 900),
        ("lost==0", "lost", "", "==", 0),
        ("reconnect.refused != 3", "reconnect.refused", "", "!=", 3),
        ("rate.achieved>=0.99", "rate.achieved", "", ">=", 0.99),
        ("rate.achieved>=99%", "rate.achieved", "", ">=", 0.99),
        ("drift.p99<=1.5", "drift.p99", "", "<=", 1.5),
        ("server.memory_mb_per_hour<20MB/h", "server.memory_mb_per_hour", "", "<", 20),
        ("drain.msgs_per_s>1000", "drain.msgs_per_s", "", ">", 1000),
        ("drain.msgs_per_s>1000/s", "drain.msgs_per_s", "", ">", 1000),
    ],
)
def test_a_threshold_is_read(text: str, metric: str, stat: str, op: str, target: float) -> None:
    threshold = parse(text)

    assert (threshold.metric.name, threshold.stat, threshold.op) == (metric, stat, op)
    assert threshold.target == pytest.approx(target)
    assert threshold.text == text.strip()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fast", "is no comparison; write it like delivery.p99<250ms or lost==0"),
        ("lost=0", "is no comparison; write it like delivery.p99<250ms or lost==0"),
        ("lost==-1", "is no comparison; write it like delivery.p99<250ms or lost==0"),
        ("lost==0 please wait", "is no comparison; write it like delivery.p99<250ms or lost==0"),
        ("delivry.p99<1s", "names no metric that is measured; perhaps delivery was meant"),
        ("delivry.p99.9<1s", "names no metric that is measured; perhaps delivery was meant"),
        ("publish.akc.p99<1s", "names no metric that is measured; perhaps publish.ack was meant"),
        ("duplicates==0", "names no metric that is measured; perhaps duplicated was meant"),
        ("lost.p99==0", "asks for p99 of lost, which is one number"),
        (
            "delivery<1s",
            "names the distribution delivery and does not say which part of it; "
            "add p50, p99, p99.9, min, max or mean",
        ),
        (
            "delivery.p101<1s",
            "names the distribution delivery and knows no 'p101' of it; "
            "add p50, p99, p99.9, min, max or mean",
        ),
        (
            "delivery.p99<250",
            "has no unit; delivery is a time: add one of us, µs, ms, s, min, h",
        ),
        (
            "delivery.p99<250sec",
            "has the unknown unit 'sec'; delivery is measured in us, µs, ms, s, min, h",
        ),
        ("lost==0ms", "has the unit 'ms', but lost has none; write only the number"),
        (
            "rate.achieved>=99ms",
            "has the unknown unit 'ms'; rate.achieved is measured in %",
        ),
    ],
)
def test_what_cannot_be_read_says_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text)

    assert str(raised.value) == f"{text!r} {sentence}."
    assert raised.value.exit_status == USAGE


def test_a_metric_that_is_like_no_other_brings_the_list_of_all() -> None:
    known = [metric for metric in METRICS if metric.name in ("delivery", "lost")]

    with pytest.raises(UsageError, match=r"; there are delivery, lost\.$"):
        parse("qqq==0", known)


def test_what_another_scenario_measures_is_unknown_to_this_one() -> None:
    known = [metric for metric in METRICS if metric.name != "fanout.last"]

    with pytest.raises(UsageError, match="names no metric that is measured"):
        parse("fanout.last.p99<1s", known)


@given(
    op=st.sampled_from(list(OPERATORS)),
    number=st.integers(0, 10**9),
    data=st.data(),
)
def test_every_metric_has_thresholds(op: str, number: int, data: st.DataObject) -> None:
    each = data.draw(st.sampled_from(METRICS))
    unit = data.draw(st.sampled_from(list(UNITS[each.quantity])))
    stat = ".p99" if each.quantity is Quantity.TIME else ""

    threshold = parse(f"{each.name}{stat} {op} {number}{unit}")

    assert threshold.metric == each
    assert threshold.target == number * UNITS[each.quantity][unit]


@pytest.mark.parametrize(
    ("text", "target"),
    [("us", 1), ("µs", 1), ("ms", 1e3), ("s", 1e6), ("min", 6e7), ("h", 3.6e9)],
)
def test_times_have_units(text: str, target: float) -> None:
    assert parse(f"delivery.p99<1{text}").target == target


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        ("==", False, True, False),
        ("!=", True, False, True),
        (">=", False, True, True),
        (">", False, False, True),
    ],
)
def test_operators_mean_what_they_mean(op: str, below: bool, at: bool, above: bool) -> None:
    threshold = parse(f"lost{op}5")

    assert [threshold.is_met_by(value) for value in (4, 5, 6)] == [below, at, above]


@pytest.mark.parametrize(
    ("text", "value", "margin"),
    [
        ("delivery.p99<200ms", 50_000, 0.75),
        ("delivery.p99<200ms", 300_000, -0.5),
        ("rate.achieved>=50%", 0.75, 0.5),
        ("rate.achieved>=50%", 0.25, -0.5),
        ("lost==0", 3, None),
        ("lost!=5", 3, None),
        ("lost<=0", 3, None),
    ],
)
def test_a_margin_is_what_is_left_of_the_target(
    text: str, value: float, margin: float | None
) -> None:
    assert parse(text).margin(value) == margin


@pytest.mark.parametrize(
    ("stat", "value"),
    [("p0", 10), ("p50", 20), ("t50", 20), ("p100", 30), ("min", 10), ("max", 30), ("mean", 20.0)],
)
def test_a_statistic_is_taken_of_a_distribution(stat: str, value: float) -> None:
    histogram = Histogram()
    for each in (10, 20, 30):
        histogram.record(each)

    assert statistic(histogram, stat) == value


def test_a_number_is_its_own_statistic_and_nothing_has_none() -> None:
    assert statistic(Sample(7, samples=1), "") == 7
    assert statistic(Histogram(), "mean") is None


@pytest.mark.parametrize(("stat", "share"), [("p99.9", 0.999), ("t90", 0.9), ("mean", None)])
def test_a_quantile_is_of_a_share(stat: str, share: float | None) -> None:
    assert share_of(stat) == pytest.approx(share)
