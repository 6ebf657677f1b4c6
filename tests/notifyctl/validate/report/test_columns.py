import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.report.columns import row, shown, width, window
from tests.support.findings import TEXTS


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("port", 4),
        ("\tport", 8),
        ("イメージ", 8),
        ("🎉", 2),
        ("e\u0301t\u00e9", 3),
        ("\u1112\u1161\u11ab", 2),
        ("\x1b[0m", 4),
    ],
    ids=ascii,
)
def test_a_text_takes_the_columns_that_a_terminal_gives_it(text: str, columns: int) -> None:
    assert width(text) == columns


def test_every_character_knows_its_column() -> None:
    assert row("a\tイe\u0301x").starts == [0, 1, 5, 7, 7, 8, 9]


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("two\nlines\tand more", "two lines and more"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x7f", "␡"),
        ("user\u202etxt", "user\ufffdtxt"),
        ("\ufeff", "\ufffd"),
    ],
    ids=ascii,
)
def test_what_would_be_obeyed_or_unseen_is_shown(text: str, visible: str) -> None:
    assert shown(text) == visible


@given(text=TEXTS)
def test_what_is_shown_can_be_printed_on_one_line(text: str) -> None:
    assert shown(text).isprintable()
    assert "".join(row(text).columns).isprintable()


@given(text=TEXTS)
def test_columns_never_go_back(text: str) -> None:
    columns, starts = row(text)

    assert starts == sorted(starts)
    assert len(starts) == len(text) + 1
    assert starts[-1] == len(columns)


@given(text=TEXTS, start=st.integers(0, 60), room=st.integers(1, 60))
def test_a_window_never_shows_more_than_fits(text: str, start: int, room: int) -> None:
    assert width(window(row(text).columns, start, room)) <= room


def test_a_window_says_where_something_is_cut() -> None:
    columns = row("EXPOSE 8000 8001").columns

    assert window(columns, 0, 16) == "EXPOSE 8000 8001"
    assert window(columns, 0, 8) == "EXPOSE …"
    assert window(columns, 7, 6) == "…000 …"
    assert window(columns, 11, 5) == "…8001"


def test_a_window_shows_no_half_of_a_character() -> None:
    columns = row("イメージ").columns

    assert window(columns, 0, 4) == "イ …"
    assert window(columns, 0, 3) == "イ…"
    assert window(columns, 2, 6) == "… ージ"
    assert window(columns, 1, 7) == "…メージ"
