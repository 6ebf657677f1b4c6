"""The way from the top of a document to a value."""

from collections.abc import Iterator
from typing import NamedTuple


class Way(NamedTuple):
    """One step, and the way before it. `shape` is what the value at its end may be.

    `whole` is what the document is called at the top: `a Deployment`.
    """

    whole: str
    shape: int
    step: str = ""
    before: "Way | None" = None

    def key(self, name: str, shape: int) -> "Way":
        """On to the value of a key."""
        return Way(self.whole, shape, f".{name}", self)

    def item(self, index: int, shape: int) -> "Way":
        """On to an item."""
        return Way(self.whole, shape, f"[{index}]", self)

    def outwards(self) -> Iterator["Way"]:
        """The ways to what is around the value, the nearest first."""
        way = self.before
        while way:
            yield way
            way = way.before

    @property
    def path(self) -> str:
        """`spec.containers[0].image`; empty at the top."""
        steps = [self.step, *(way.step for way in self.outwards())]
        return "".join(reversed(steps)).removeprefix(".")

    @property
    def name(self) -> str:
        """What a sentence calls the value: its path, or what the whole document is."""
        return f"`{self.path}`" if self.path else self.whole
