"""A hook of schemathesis: whole numbers are written without a point.

For JSON Schema 111.0 is an integer. For msgspec, as for most typed languages, it is none; no
schema can say so, and no client writes one that way.
"""

from typing import Any

import schemathesis


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """The body that is sent instead of a generated one."""
    return whole(body)


def whole(value: Any) -> Any:
    """The value with 111 wherever it has 111.0."""
    match value:
        case dict():
            return {name: whole(inner) for name, inner in value.items()}
        case list():
            return [whole(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
