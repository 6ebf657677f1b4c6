"""What a value may be: the form in which the schemas are packed."""

from typing import Final

import msgspec

# The types of JSON, and how they read in a sentence.
TYPES: Final = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "empty",
}


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a value may be. Shapes within it are named by their places in the pack.

    `types`: any, if there are none. `patterns` are for keys that are no `fields`; a key that none
    of them matches is an `other`, or wrong if the shape is `closed`. `any_of`: keys of which one
    is needed. `form`: what a string must look like, a name of `FORMS` or a pattern.
    """

    types: tuple[str, ...] = ()
    fields: dict[str, int] = {}
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    patterns: dict[str, int] = {}
    closed: bool = False
    other: int | None = None
    items: int | None = None
    choices: tuple[str, ...] = ()
    form: str = ""
    least: float | None = None
    most: float | None = None


class Pack(msgspec.Struct, frozen=True, omit_defaults=True):
    """Shapes, and where to begin: for each version, the shapes of its kinds.

    A kind is named as `apps/v1/Deployment`. `served` has all kinds of each of Kubernetes' own
    `apiVersion`s, also those that are not packed.
    """

    shapes: list[Shape]
    roots: dict[str, dict[str, int]]
    served: dict[str, tuple[str, ...]] = {}


# What a string must look like where the schema says no more than "a string", and what to call it.
FORMS: Final = {
    "base64": (
        r"^(?:(?:[A-Za-z0-9+/][\r\n]*){4})*"
        r"(?:(?:[A-Za-z0-9+/][\r\n]*){2}==|(?:[A-Za-z0-9+/][\r\n]*){3}=)?[\r\n]*$",
        "base64",
    ),
    "duration": (
        r"^\s*(?:[-+]?0|[-+]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h|d|w|y))+)\s*$",
        "a duration such as `30s`",
    ),
    "label": (
        r"^(?:(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)?$",
        "a name of at most 63 small letters, digits and inner hyphens",
    ),
    "port name": (
        r"^(?:(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)?$",
        "a name of at most 15 small letters, digits and single inner hyphens",
    ),
    "quantity": (
        r"^\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?\s*$",
        "a quantity such as `500m` or `128Mi`",
    ),
}
