import pytest

from loadtests.bench.figures import Figure, in_digits, least, most, percentile, ratio


def figure(*values: float) -> Figure:
    return Figure(part="fan-out", name="notifyd", unit="frames/CPU-s", values=values)


def test_the_median_is_quoted_and_the_spread_stands_beside_it() -> None:
    assert figure(3, 1, 100).median == 3
    assert figure(3, 1, 100).spread == (1, 100)


def test_a_goal_is_met_by_the_median() -> None:
    slow = Figure(part="a", name="b", unit="ms", values=(1, 2, 50), goal=most(2))
    fast = Figure(part="a", name="b", unit="1/s", values=(1, 2, 50), goal=least(3))

    assert slow.is_met is True
    assert fast.is_met is False
    assert figure(1).is_met is None


def test_a_goal_says_its_sense() -> None:
    assert [str(least(20_000)), str(most(3.0))] == ["≥ 20,000", "≤ 3"]


def test_a_ratio_compares_what_was_measured_in_the_same_round() -> None:
    # The machine was half as fast in the second round, for both.
    compared = ratio("fan-out", "notifyd / ws", [200, 100], [100, 50], goal=1.5)

    assert compared.values == (2, 2)
    assert compared.is_ratio
    assert compared.is_met


def test_rounds_that_do_not_match_are_not_compared() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio("fan-out", "notifyd / ws", [200, 100], [100])


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 51), (0.99, 100), (1.0, 100)])
def test_a_percentile_is_a_value_that_occurred(share: float, value: float) -> None:
    assert percentile(list(range(1, 101)), share) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (0.876543, "0.877"), (12.345, "12.3"), (123.4, "123"), (20_000.0, "20,000")],
)
def test_three_digits_are_enough(value: float, text: str) -> None:
    assert in_digits(value) == text
