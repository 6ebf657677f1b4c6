"""Turns foreign bytes into values, or into one sentence that says what is wrong with them."""

import re
from typing import Final, TypeVar

import msgspec

from notifyctl.errors import BadRequest

T = TypeVar("T")
_LONGEST: Final = 300

# What the library calls the types of JSON, in the words of people.
_TYPES: Final = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "null",
    "object": "an object",
    "str": "text",
}
# What the library says, and how we say it. The first that fits is taken.
_WORDS: Final = (
    (re.compile(r"expected `str` matching regex .*"), "it holds characters that may not be here"),
    (re.compile(r"expected `(?:str|array)` of length >= 1"), "it may not be empty"),
    (re.compile(r"expected `str` of length <= (\d+)"), r"it is longer than \1 characters"),
    (re.compile(r"expected `array` of length <= (\d+)"), r"it has more than \1 entries"),
    (re.compile(r"expected `(?:int|float)` >= (.+)"), r"it must be at least \1"),
    (re.compile(r"expected `(?:int|float)` <= (.+)"), r"it must be at most \1"),
    (re.compile(r"object missing required field `(.*)`"), r"the field \1 is missing"),
    (re.compile(r"object contains unknown field `(.*)`"), r"there is no field \1"),
    (re.compile(r"invalid enum value (.*)"), r"\1 is not among the values it can have"),
    (re.compile(r"expected (`.*`), got (`.*`)"), r"it must be \1, not \2"),
)


def decode(raw: bytes | str, decoder: msgspec.json.Decoder[T]) -> T:
    """Decode JSON. Raises `BadRequest` naming the field; never any other error."""
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        raise BadRequest(detail=describe(error)) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadRequest(detail=f"this is not JSON ({error})") from None
    except RecursionError:
        raise BadRequest(detail="the JSON is nested too deeply") from None


def describe(error: msgspec.ValidationError) -> str:
    """What is wrong, with the field first: `data.size: it must be a whole number, not text`.

    It may quote the input, so it is cut and cleaned: it goes to logs and terminals.
    """
    words = "".join(character if character.isprintable() else "?" for character in str(error))
    problem, _, path = words[:_LONGEST].partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    return f"{field}: {in_words(problem)}" if field else in_words(problem)


def in_words(problem: str) -> str:
    """The library's description of a problem, as people say it."""
    problem = problem[:1].lower() + problem[1:]
    for pattern, words in _WORDS:
        if match := pattern.fullmatch(problem):
            return re.sub(r"`([^`]*)`", lambda types: _name(types[1]), match.expand(words))
    return problem


def _name(types: str) -> str:
    return " or ".join(_TYPES.get(name, name) for name in types.split(" | "))
