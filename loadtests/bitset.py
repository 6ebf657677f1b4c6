"""A set of message numbers, one bit each: a million of them in 125 KB."""

from typing import Final

import msgspec

MOST: Final = 1 << 27
"""Numbers up to here have a bit. A forged one beyond it shall not take all memory."""


class Bitset(msgspec.Struct, gc=False):
    """Numbers from 0 on, in as many bytes as the greatest one needs. As JSON it is one string."""

    octets: bytearray = msgspec.field(default_factory=bytearray)

    def add(self, number: int) -> bool:
        """Add a number; whether it is new."""
        octets = self.octets
        place = number >> 3
        bit = 1 << (number & 7)
        if place >= len(octets):
            octets.extend(bytes(place + 1 - len(octets)))
        elif octets[place] & bit:
            return False
        octets[place] |= bit
        return True

    def update(self, numbers: int) -> int:
        """Add all of these, given as one whole number; how many are new."""
        before = self.as_int()
        after = before | numbers
        self.octets = bytearray(after.to_bytes((after.bit_length() + 7) // 8, "little"))
        return (after & ~before).bit_count()

    def as_int(self) -> int:
        """The set as one whole number, for `&`, `|` and `~` on all of it at once."""
        return int.from_bytes(self.octets, "little")


def lowest(numbers: int) -> int:
    """The least number of a set that is not empty."""
    return (numbers & -numbers).bit_length() - 1


def up_to(last: int) -> int:
    """The set of 1, 2, 3 ... `last`."""
    return (1 << (last + 1)) - 2
