import pytest

from notifyctl.validate.durations import seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", 30),
        ("1m30s", 90),
        ("1.5h", 5400),
        (".5s", 0.5),
        ("500ms", 0.5),
        ("100us", 1e-4),
        ("0", 0),
        ("2d", 172_800),
        (" 5s ", 5),
    ],
)
def test_a_duration_has_its_seconds(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "30", "soon", "5s later", "s", "1m 30s", "-5s", "5 s"])
def test_what_is_no_duration_has_none(text: str) -> None:
    assert seconds(text) is None


@pytest.mark.parametrize(
    ("text", "bare", "expected"),
    [("30", 1, 30), ("30", 0.001, 0.03), ("1.5", 1, 1.5), ("30s", 0.001, 30), ("\u00b2", 1, None)],
)
def test_a_number_without_a_unit_counts_what_somebody_says(
    text: str, bare: float, expected: float | None
) -> None:
    assert seconds(text, bare) == (None if expected is None else pytest.approx(expected))


def test_a_number_of_thousands_of_digits_is_no_duration() -> None:
    assert seconds("9" * 5000, bare=1) is None
