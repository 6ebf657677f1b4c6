"""Examples on the reference pages: the wire vectors, which the tests hold true."""

import msgspec


def example(struct: type[msgspec.Struct]) -> list[str]:
    """A block with the struct's vector, if it has one."""
    return []
