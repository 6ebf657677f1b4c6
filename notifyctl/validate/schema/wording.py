"""What breaks a schema, in words: the sentence, the place, the next step and, if safe, the fix."""

from collections.abc import Iterable, Sequence
from typing import Final

from notifyctl.validate.finding import Edit, Fix, Problem
from notifyctl.validate.schema.dialect import Dialect
from notifyctl.validate.schema.shape import FORMS, TYPES, Shape
from notifyctl.validate.schema.way import Way
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Node, Scalar, resolve

_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})


def wrong_type(node: Node, found: str, shape: Shape, way: Way, dialect: Dialect) -> Problem:
    """A value is of another type than it may be."""
    wanted = _alternatives(shape.types)
    fix = _quoting(node, found, shape, dialect)
    note = ""
    if isinstance(node, Scalar) and node.is_old_boolean and found == "boolean":
        meant = str(node.raw[0] in "yY" or node.raw.lower() == "on").lower()
        note = f"a plain `{node.raw}` is the boolean {meant} here"
    if found == "null":
        return Problem(
            f"{way.name} is empty, not {wanted}",
            node,
            label="nothing here",
            help=f"remove the key, or give it {wanted}",
        )
    return Problem(
        f"{way.name} is {TYPES[found]}, not {wanted}",
        node,
        label=f"expected {wanted}",
        help=fix.title if fix else _advice(node, found, shape),
        note=note,
        fix=fix,
    )


def unknown_field(name: str, key: Scalar, way: Way, guess: str, home: str) -> Problem:
    """A key that is no field. `guess` is what may be meant, `home` where it belongs; or neither."""
    fix = None
    if guess and _letters(guess) == _letters(name) and key.span.text == name:
        fix = Fix(f"write `{guess}`", (Edit(key.span, guess),))
    advice = f"did you mean `{guess}`?" if guess else ""
    return Problem(
        f"`{name}` is no field of {way.name}",
        key.span,
        label="unknown field",
        help=f"it is a field of {home}: check the indentation" if home else advice,
        fix=fix,
    )


def missing_field(name: str, node: Node, way: Way) -> Problem:
    """A field that has to be there is not."""
    return Problem(f"{way.name} has no `{name}`", node[name], help=f"add `{name}`")


def missing_choice(names: Sequence[str], node: Node, way: Way) -> Problem:
    """One of some fields has to be there, and none is."""
    either = " nor ".join(f"`{name}`" for name in names)
    return Problem(f"{way.name} has neither {either}", node.head, help="add one of them")


def wrong_choice(node: Node, shape: Shape, way: Way) -> Problem:
    """A value is none of the words that are known there."""
    text, span = node.string, node.span
    known = [choice for choice in shape.choices if choice]
    guess = closest(text, known)
    fix = None
    if guess and _letters(guess) == _letters(text) and text and text in span.text:
        fix = Fix(f"write `{guess}`", (Edit(span, span.text.replace(text, guess)),))
    return Problem(
        f"{way.name} is `{text}`, which is none of {', '.join(f'`{each}`' for each in known)}",
        node,
        help=f"did you mean `{guess}`?" if guess else "",
        fix=fix,
    )


def wrong_form(node: Node, form: str, way: Way) -> Problem:
    """A string is not written as it must be."""
    words = FORMS[form][1] if form in FORMS else f"of the form `{form}`"
    text = node.string if len(node.string) < 60 else f"{node.string[:57]}…"
    return Problem(f"{way.name} is `{text}`, which is not {words}", node, label=f"not {words}")


def out_of_range(node: Node, shape: Shape, way: Way) -> Problem:
    """A number is too small or too large."""
    least, most = shape.least, shape.most
    if least is None:
        wanted = f"at most {most:g}"
    elif most is None:
        wanted = f"at least {least:g}"
    else:
        wanted = f"from {least:g} to {most:g}"
    return Problem(f"{way.name} is {node.string}, not {wanted}", node, label=f"expected {wanted}")


def _alternatives(types: Iterable[str]) -> str:
    named = set(types) - {"null"}
    if "number" in named:
        named -= {"integer"}
    return " or ".join(words for name, words in TYPES.items() if name in named)


def _letters(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _advice(node: Node, found: str, shape: Shape) -> str:
    if "array" in shape.types and found != "array":
        return "write it as a list, with `- ` before each item"
    if shape.form == "duration" and found == "integer":
        return f"give it a unit, such as `{node.string}s`"
    if "object" in shape.types and found == "array" and node.items:
        return "write it as a mapping, without the `- `"
    return ""


def _quoting(node: Node, found: str, shape: Shape, dialect: Dialect) -> Fix | None:
    """Quotes around a number that must be a string, or none around a string that must be one."""
    if not isinstance(node, Scalar) or found not in _SCALARS:
        return None
    written, raw = node.span.text, node.raw
    if "string" in shape.types and not shape.form and not shape.choices and written == raw:
        return Fix("put it in quotes", (Edit(node.span, f'"{raw}"'),))
    if node.style in ("'", '"') and written == f"{node.style}{raw}{node.style}":
        plain = Scalar(node.source, node.start, node.end, raw, "")
        # Only what both readings of YAML agree on.
        if dialect.type_of(plain) in shape.types and resolve(raw) != raw:
            return Fix("remove the quotes", (Edit(node.span, raw),))
    return None
