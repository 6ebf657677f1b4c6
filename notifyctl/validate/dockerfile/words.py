"""How instructions are taken apart: flags, words, quoted words and JSON, as the builder does it."""

import re
from functools import cache
from typing import Final

import msgspec

from notifyctl.validate.dockerfile.instruction import Flag, Pair
from notifyctl.validate.dockerfile.lines import SPACE, SPACES, Joined, Word

_GAP: Final = re.compile(r"[\t\v\f\r ]+")
_JSON_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
# In flags the backslash escapes, whatever the directive says.
_FLAG: Final = re.compile(
    rf"""--(?:[^{SPACE}'"\\]|\\.?|'(?:[^'\\]|\\.?)*(?:'|\Z)|"(?:[^"\\]|\\.?)*(?:"|\Z))*""",
    re.DOTALL,
)
_FLAG_QUOTING: Final = re.compile(r"""\\(.?)|['"]""", re.DOTALL)


class NotStringsError(Exception):
    """A JSON array that holds something else than strings."""


def split_flags(line: Joined, start: int) -> tuple[list[Flag], int]:
    """The flags at the start of the arguments, and where those begin that are none."""
    flags = []
    while match := _FLAG.match(line.text, start):
        text = _FLAG_QUOTING.sub(lambda quoting: quoting[1] or "", match[0])
        start = _behind_space(line.text, match.end())
        if text == "--":
            break
        name, _, value = text[2:].partition("=")
        flags.append(Flag(name, value, line.span(*match.span())))
    return flags, start


def split_plain(line: Joined, start: int, end: int) -> list[Word]:
    """What stands between spaces, whatever quotes there are."""
    words = []
    while start < end:
        gap = _GAP.search(line.text, start, end)
        stop, behind = gap.span() if gap else (end, end)
        words.append(line.word(start, stop))
        start = behind
    return words


def split_quoted(line: Joined, start: int, end: int, escape: str) -> list[Word]:
    """What stands between spaces that are neither quoted nor escaped; the quotes stay."""
    words = []
    for match in _quoted(escape).finditer(line.text, start, end):
        # An escape with nothing behind it is dropped.
        stop = match.end() - 1 if match["lone"] or match["last"] else match.end()
        if stop > match.start():
            words.append(line.word(match.start(), stop))
    return words


@cache
def _quoted(escape: str) -> re.Pattern[str]:
    e = re.escape(escape)
    return re.compile(
        rf"""(?:[^{SPACE}'"{e}]"""
        rf"""|{e}[\s\S]|(?P<lone>{e})\Z"""
        rf"""|'[^']*(?:'|\Z)"""
        rf"""|"(?:[^"{e}]|{e}[\s\S])*(?:"|(?P<last>{e})?\Z))+"""
    )


def split_json(line: Joined, start: int, end: int) -> list[Word] | None:
    """The strings of a JSON array; None if this is no JSON, and so a text for a shell."""
    start = _behind_space(line.text, start)
    if not line.text.startswith("[", start, end):
        return None
    try:
        values = msgspec.json.decode(line.text[start:end])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if not all(isinstance(value, str) for value in values):
        raise NotStringsError
    places = _JSON_STRING.finditer(line.text, start, end)
    return [
        Word(value, line.span(*match.span())) for value, match in zip(values, places, strict=True)
    ]


def split_pairs(line: Joined, start: int, end: int, words: list[Word]) -> list[Pair] | Word:
    """The pairs of ENV and LABEL: `name=value …`, or in the old form `name value`.

    A word that is no pair is given back as it is.
    """
    if "=" not in words[0].text:
        gap = _GAP.search(line.text, start, end)
        if gap is None:
            return words[0]
        return [Pair(line.word(start, gap.start()), line.word(gap.end(), end))]
    pairs = []
    for word in words:
        pair = split_pair(word)
        if pair.value is None:
            return word
        pairs.append(pair)
    return pairs


def split_pair(word: Word) -> Pair:
    """A name, and a value if there is a `=`."""
    name, equals, value = word.text.partition("=")
    span = word.span
    if not equals:
        return Pair(word, None)
    # Behind a continuation within the name, the file has more characters than the word.
    cut = span.start + len(name)
    if span.end - span.start != len(word.text):
        cut = span.start + span.text.index("=")
    name_span = msgspec.structs.replace(span, end=cut)
    return Pair(Word(name, name_span), Word(value, msgspec.structs.replace(span, start=cut + 1)))


def _behind_space(text: str, start: int) -> int:
    match = SPACES.match(text, start)
    return match.end() if match else start
