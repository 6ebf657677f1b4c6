"""Turns foreign bytes into values, or into one sentence that says what is wrong with them."""

from typing import Final, TypeVar

import msgspec

from notifyctl.errors import BadRequest

T = TypeVar("T")
_LONGEST: Final = 300


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
    """The library's words, with the field first: `data.size: expected int`.

    They may quote the input, so they are cut and cleaned: they go to logs and terminals.
    """
    words = "".join(character if character.isprintable() else "?" for character in str(error))
    problem, _, path = words[:_LONGEST].partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    problem = problem[:1].lower() + problem[1:]
    return f"{field}: {problem}" if field else problem
