"""Examples on the reference pages: the wire vectors, which the tests hold true."""

import msgspec

from docs.generate.page import block
from tests.support.vectors import vector, vector_name, vector_names


def example(struct: type[msgspec.Struct]) -> list[str]:
    """What a frame or an event looks like; nothing for those without a vector."""
    name = vector_name(struct)
    return [block("json", vector(name).decode().strip())] if name in vector_names() else []
