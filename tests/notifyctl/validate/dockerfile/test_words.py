import pytest

from notifyctl.validate.dockerfile.lines import Joined, Word
from notifyctl.validate.dockerfile.words import (
    NotStringsError,
    split_flags,
    split_json,
    split_pair,
    split_plain,
    split_quoted,
)
from notifyctl.validate.source import Source


def line(text: str) -> Joined:
    return Joined(Source("Dockerfile", text), [(0, len(text))])


def texts(words: list[Word] | None) -> list[str] | None:
    return None if words is None else [word.text for word in words]


def test_plain_words_take_quotes_as_they_are() -> None:
    text = "a 'b c'\td"

    assert texts(split_plain(line(text), 0, len(text))) == ["a", "'b", "c'", "d"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a 'b c'\td", ["a", "'b c'", "d"]),
        ('x="a \\" b" c', ['x="a \\" b"', "c"]),
        ("a\\ b c", ["a\\ b", "c"]),
        ("'a", ["'a"]),
        ("a \\", ["a"]),
        ('a "b\\', ["a", '"b']),
    ],
)
def test_quoted_words_keep_together(text: str, words: list[str]) -> None:
    assert texts(split_quoted(line(text), 0, len(text), "\\")) == words


def test_with_another_escape_the_backslash_is_a_letter() -> None:
    assert texts(split_quoted(line("c:\\ a` b"), 0, 8, "`")) == ["c:\\", "a` b"]


def test_flags_end_with_two_dashes_or_at_the_first_other_word() -> None:
    flags, start = split_flags(line("--a=b --c -- --d"), 0)
    assert ([flag.name for flag in flags], start) == (["a", "c"], 13)

    flags, start = split_flags(line("--a='b c' d"), 0)
    assert ([flag.value for flag in flags], start) == (["b c"], 10)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('["a", "b c"]', ["a", "b c"]),
        (' [ "\\u0041" ]', ["A"]),
        ("[]", []),
        ("['a']", None),
        ('["a"', None),
        ("[" * 100_000, None),
        ("a", None),
    ],
)
def test_a_list_is_json_or_nothing(text: str, words: list[str] | None) -> None:
    assert texts(split_json(line(text), 0, len(text))) == words


def test_a_list_of_other_things_is_refused() -> None:
    with pytest.raises(NotStringsError):
        split_json(line('["a", 1]'), 0, 8)


def test_a_pair_is_cut_at_the_first_equals_sign() -> None:
    text = "a=b=c"
    pair = split_pair(line(text).word(0, len(text)))

    assert pair.value is not None
    assert (pair.name.text, pair.value.text) == ("a", "b=c")
    assert (pair.name.span.text, pair.value.span.text) == ("a", "b=c")
    assert pair.span.text == text
