"""Anything that may arrive where JSON is expected."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from notifyctl.errors import BadRequest

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
BYTES = st.binary(max_size=200)
# Half a surrogate pair can stand in a string, and in no encoding of it.
TEXTS = st.text(st.characters(exclude_categories=()), max_size=200)


@st.composite
def spoiled(draw: st.DrawFn, example: Any) -> Any:
    """A JSON value with one part of it replaced, removed or added."""
    if isinstance(example, dict) and example and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(example)))
        return {**example, name: draw(spoiled(example[name]))}
    if isinstance(example, list) and example and draw(st.booleans()):
        index = draw(st.integers(0, len(example) - 1))
        return [*example[:index], draw(spoiled(example[index])), *example[index + 1 :]]
    if isinstance(example, dict) and example and draw(st.booleans()):
        missing = draw(st.sampled_from(sorted(example)))
        return {name: value for name, value in example.items() if name != missing}
    return draw(VALUES)


def complaint(read: Callable[[], object]) -> str:
    """What a decoder says is wrong; empty when nothing is. Any other error fails the test."""
    try:
        read()
    except BadRequest as error:
        return str(error)
    return ""
