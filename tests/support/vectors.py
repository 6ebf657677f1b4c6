"""The wire vectors: one example of every frame and event, as it travels."""

import json
import re
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).parent.parent / "wire_vectors"


def vector_names() -> list[str]:
    """The name of every vector: a frame's or event's class, in snake case."""
    return sorted(path.stem for path in VECTORS.glob("*.json"))


def vector(name: str) -> bytes:
    """A vector's bytes."""
    return (VECTORS / f"{name}.json").read_bytes()


def vector_value(name: str) -> Any:
    """A vector as plain JSON."""
    return json.loads(vector(name))


def vector_name(kind: type) -> str:
    """What the vector of a class is called: `many_published_ok` for `ManyPublishedOk`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
