"""How checks that take time tell what they are doing."""

from typing import Protocol


class Progress(Protocol):
    """Told what is going on. What is `passing` only a person who watches wants to know."""

    def __call__(self, text: str, /, *, passing: bool = False) -> None:
        """Say it."""
