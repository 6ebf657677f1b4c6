import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.compose.env_file import documented_names, read_env
from notifyctl.validate.source import Source


def values(text: str) -> dict[str, str | None]:
    return {name: value.text for name, value in read_env(Source(".env", text)).items()}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("A = 1 ", "1"),
        ("export A=1", "1"),
        ("A: 1", "1"),
        ("A=", ""),
        ("A=a b c", "a b c"),
        ("A=1 # one", "1"),
        ("A=a#b", "a#b"),
        ("A='a # b'", "a # b"),
        ('A="a\\nb"', "a\nb"),
        ('A="say \\"hello\\""', 'say "hello"'),
        ("A='$B'", "$B"),
        ("A=http://x/?q=1", "http://x/?q=1"),
    ],
)
def test_a_line_gives_a_variable_its_value(line: str, value: str) -> None:
    assert values(line) == {"A": value}


def test_a_value_uses_the_variables_above_it() -> None:
    assert values('HOST=db\nURL="redis://${HOST}:${PORT:-6379}"') == {
        "HOST": "db",
        "URL": "redis://db:6379",
    }


def test_what_comes_from_elsewhere_stays_unknown() -> None:
    assert values("A=$OUTSIDE\nB") == {"A": None, "B": None}


def test_comments_and_empty_lines_are_no_variables() -> None:
    assert values("# A=1\n\n  # B=2\nC=3\r\nD=4\r\n") == {"C": "3", "D": "4"}


def test_the_last_of_two_lines_counts() -> None:
    assert values("A=1\nA=2") == {"A": "2"}


@pytest.mark.parametrize("line", ["A=1", "A='1'", 'A="1"', "export A=1  # one", "A:   1  "])
def test_a_value_stands_where_it_is_written(line: str) -> None:
    assert read_env(Source(".env", line))["A"].span.text == "1"


def test_a_variable_without_a_value_stands_at_its_name() -> None:
    assert read_env(Source(".env", "FIRST=\nSECOND"))["FIRST"].span.text == "FIRST"


def test_an_example_also_tells_of_what_is_commented_out() -> None:
    assert documented_names(Source(".env.example", "A=1\n# B=2\n#C=\n# no variable")) == {
        "A",
        "B",
        "C",
    }


@given(st.text())
def test_whatever_a_file_holds_it_is_read(text: str) -> None:
    for value in read_env(Source(".env", text)).values():
        assert value.span.text
