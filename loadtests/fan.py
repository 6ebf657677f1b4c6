"""A message to many: when the first of them had it, and when the last."""

import msgspec

from loadtests.stamp import Message, Stamp


class Whole(msgspec.Struct):
    """How long a message took to the first and to the last of those who follow."""

    first_us: int
    last_us: int
    copies: int = 0


class Fan:
    """Gathers the copies of each message until all have come."""

    def __init__(self, copies: int) -> None:
        self._copies = copies
        self._under_way: dict[Message, Whole] = {}

    def took(self, stamp: Stamp, took_us: int) -> Whole | None:
        """A copy came after so long; the whole message, if that was its last copy."""
        message = stamp.message
        whole = self._under_way.get(message)
        if whole is None:
            whole = self._under_way[message] = Whole(took_us, took_us)
        whole.copies += 1
        whole.first_us = min(whole.first_us, took_us)
        whole.last_us = max(whole.last_us, took_us)
        if whole.copies < self._copies:
            return None
        return self._under_way.pop(message)
