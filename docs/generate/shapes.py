"""The fields of a struct, in words: which type, which limits, and what holds without them."""

import inspect
from collections.abc import Mapping
from types import UnionType
from typing import Any, get_args

import msgspec
from msgspec import inspect as types

from docs.generate.page import code, table
from notifyctl.wire import LEVELS

# It keeps Python's `$` from allowing a line's end; nobody else needs to know.
PYTHONS_OWN = r"(?!\n)"

REQUIRED = "required"
OR_NULL = " or null"


def sentences(struct: type) -> str:
    """The struct's docstring, its lines joined to paragraphs as they were."""
    return inspect.cleandoc(struct.__doc__ or "")


def members(union: Any) -> tuple[type[msgspec.Struct], ...]:
    """The structs of a union, or the one struct that stands alone."""
    return get_args(union) if isinstance(union, UnionType) else (union,)


def fields(struct: type[msgspec.Struct], links: Mapping[type, str] = {}) -> str:
    """A table of the fields, in the order in which they travel; without any, a sentence.

    `links` says where the structs within it are described.
    """
    info = types.type_info(struct)
    assert isinstance(info, types.StructType)
    # A struct that extends another one has its own `id` last; readers look for it first.
    ordered = sorted(info.fields, key=lambda field: info.tag_field == "type" and field.name != "id")
    rows = [(code(one.encode_name), _kind(one, links), need(one), meaning(one)) for one in ordered]
    if info.tag_field is not None:
        rows.insert(0, (code(info.tag_field), f'`"{info.tag}"`', REQUIRED, ""))
    if not rows:
        return "It has no fields."
    if any(row[3] for row in rows):
        return table(("field", "type", "default", "meaning"), rows)
    return table(("field", "type", "default"), [row[:3] for row in rows])


def _kind(field: types.Field, links: Mapping[type, str]) -> str:
    """A field's type in words; null is one only where something must stand."""
    words = kind(field.type, links)
    return words if field.required else words.removesuffix(OR_NULL)


def meaning(field: types.Field) -> str:
    """What the code says about a field where it is defined, if anything."""
    extra = field.type.extra_json_schema if isinstance(field.type, types.Metadata) else None
    return str((extra or {}).get("description", ""))


def need(field: types.Field) -> str:
    """What holds when the field is left out."""
    if field.required:
        return REQUIRED
    if field.default in (None, msgspec.UNSET, msgspec.NODEFAULT):
        return "optional"
    return code(msgspec.json.encode(field.default).decode())


def kind(type_: types.Type, links: Mapping[type, str] = {}) -> str:
    """A type in words: `string, 1-200 characters`."""
    match type_:
        case types.Metadata(type=inner):
            return kind(inner, links)
        case types.StrType():
            return _string(type_)
        case types.IntType(ge=least, le=most):
            return "integer" + _range(least, most)
        case types.FloatType():
            return "number"
        case types.BoolType():
            return "true or false"
        case types.LiteralType(values=values):
            return ", ".join(code(value) for value in sorted(values, key=_rank))
        case types.DateTimeType():
            return "time with its zone, RFC 3339"
        case types.UUIDType():
            return "UUID"
        case types.RawType() | types.AnyType():
            return "any JSON"
        case types.ListType(item_type=item):
            return f"list{_length(type_, 'entries')} of {kind(item, links)}"
        case types.VarTupleType(item_type=item):
            return f"list of {kind(item, links)}"
        case types.DictType(value_type=types.AnyType()):
            return "object"
        case types.DictType(value_type=value):
            return f"object of {kind(value, links)}"
        case types.NoneType():
            return "null"
        case types.StructType(cls=struct):
            name = struct.__name__
            return f"[{name}]({links[struct]})" if struct in links else name
        case types.UnionType(types=choices):
            return _choice(choices, links)
        case _:
            raise TypeError(f"no words for {type_}")


def _rank(value: object) -> tuple[int, str]:
    """Levels in their own order, other words by their letters."""
    return (LEVELS.index(value) if value in LEVELS else 0), str(value)


def _choice(choices: tuple[types.Type, ...], links: Mapping[type, str]) -> str:
    words = [kind(one, links) for one in choices if not isinstance(one, types.NoneType)]
    return " or ".join(words) + (OR_NULL if len(words) < len(choices) else "")


def _string(type_: types.StrType) -> str:
    if type_.pattern is not None:
        return f"string like {code(type_.pattern.removesuffix(PYTHONS_OWN))}"
    return "string" + _length(type_, "characters", ", ")


def _length(type_: types.StrType | types.ListType, unit: str, before: str = " of ") -> str:
    least, most = type_.min_length, type_.max_length
    if most is None:
        return ""
    return f"{before}{least}-{most:,} {unit}" if least else f"{before}at most {most:,} {unit}"


def _range(least: int | None, most: int | None) -> str:
    if most == 2**53 - 1:
        most = None  # What every JSON number can be.
    match least, most:
        case None, None:
            return ""
        case _, None:
            return f" from {least}"
        case _:
            return f" from {least} to {most:,}"
