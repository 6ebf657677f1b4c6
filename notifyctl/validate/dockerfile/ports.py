"""What EXPOSE understands: `8000`, `8000/tcp`, `8000-8010/udp`."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

_SPEC: Final = re.compile(r"([0-9]+)(?:-([0-9]+))?(?:/([A-Za-z]*))?")
_PROTOCOLS: Final = frozenset({"tcp", "udp", "sctp"})
_LARGEST: Final = 65535


class Ports(msgspec.Struct, frozen=True):
    """The ports that one word names, or seems to mean.

    `wrong` says what is wrong with the word, as the end of a sentence.
    """

    numbers: Sequence[int] = ()
    protocol: str = "tcp"
    wrong: str = ""


def read_ports(text: str) -> Ports:
    """The ports of a word whose variables are put in.

    >>> read_ports("8000-8001/udp").numbers
    range(8000, 8002)
    """
    if "," in text:
        meant = [number for part in text.split(",") for number in read_ports(part).numbers]
        return Ports(meant, wrong="has a comma, and ports are separated by spaces")
    if ":" in text:
        # The builder takes what stands behind the last colon.
        inner = read_ports(text.rpartition(":")[2])
        wrong = "maps ports, which only whoever runs the image can do"
        return Ports(inner.numbers, inner.protocol, wrong)
    match = _SPEC.fullmatch(text)
    if match is None:
        return Ports(wrong="is no port")
    # More digits than this are no port either, and take long to read.
    first, last = (int(digits[:6]) for digits in (match[1], match[2] or match[1]))
    protocol = (match[3] or "tcp").lower()
    if not (0 < first <= _LARGEST and 0 < last <= _LARGEST):
        return Ports(wrong=f"is no port; they go from 1 to {_LARGEST}")
    if last < first:
        return Ports(wrong="is a range whose end comes before its beginning")
    if protocol not in _PROTOCOLS:
        return Ports(wrong=f"has no protocol of ports; there are {', '.join(sorted(_PROTOCOLS))}")
    return Ports(range(first, last + 1), protocol)
