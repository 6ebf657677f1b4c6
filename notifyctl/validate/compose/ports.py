"""What a service publishes and exposes: `8000`, `127.0.0.1:8000-8001:8000-8001/tcp`, long forms."""

import re
from typing import Final

import msgspec

from notifyctl.validate.compose.interpolation import UNKNOWN, filled
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Mapping, Node, Scalar

ANY_ADDRESS: Final = ("", "0.0.0.0", "::")  # noqa: S104 - what files say, not what we bind
# A range that is wider stands for a whole protocol, and for too many values to keep.
_WIDEST: Final = 4096
_LAST: Final = 65_535
_RANGE: Final = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


class Port(msgspec.Struct, frozen=True):
    """One port of a container, and where the host has it.

    `host` is None where Docker chooses one, or where it is not known; `host_ip` is empty for every
    address and None where it is not known; `protocol` is empty where it is not known.
    """

    container: int | None
    host: int | None
    host_ip: str | None
    protocol: str
    span: Span

    @property
    def is_public(self) -> bool:
        """Whether every address of the host has it."""
        return self.host_ip in ANY_ADDRESS


def meet(one: str | None, other: str | None) -> bool:
    """Whether two addresses cannot both have a port: they are one, or one of them is every."""
    if one is None or other is None:
        return False
    if one == other:
        return True
    # What is bound to IPv6 says nothing of IPv4; an empty address is that of IPv4 at least.
    six, other_six = ":" in one, ":" in other
    return six == other_six and (one in ANY_ADDRESS or other in ANY_ADDRESS)


def read_ports(item: Node) -> list[Port] | None:
    """The ports of one entry; None if it cannot be read, or is too wide to list."""
    match item:
        case Mapping():
            return _long(item)
        case Scalar():
            return _short(filled(item), item.span)
        case _:
            return None


def beyond(item: Node) -> int | None:
    """The first number of an entry that is too large for a port; None if none is."""
    if isinstance(item, Mapping):
        texts = [filled(item["published"]), filled(item["target"])]
    else:
        texts = filled(item).strip().partition("/")[0].rsplit(":", 2)[-2:]
    ranges = [match for text in texts if (match := _RANGE.fullmatch(text))]
    numbers = [int(number) for match in ranges for number in match.groups() if number]
    return next((number for number in numbers if number > _LAST), None)


def _short(text: str, span: Span) -> list[Port] | None:
    if text == UNKNOWN:
        return None  # It may hold anything, addresses and colons included.
    places, _, protocol = text.strip().partition("/")
    *before, target = places.rsplit(":", 2)
    published = before[-1] if before else ""
    host_ip = before[0] if len(before) > 1 else ""
    if not before[1:] and UNKNOWN in published:
        host_ip = UNKNOWN  # `127.0.0.1:8000` may be the value of one variable.
    return _ports(target, published, host_ip.strip("[]"), protocol or "tcp", span)


def _long(item: Mapping) -> list[Port] | None:
    fields = (item["target"], item["published"], item["host_ip"], item["protocol"])
    target, published, host_ip, protocol = (filled(field) for field in fields)
    return _ports(target, published, host_ip, protocol or "tcp", item.span)


def _ports(
    target: str, published: str, host_ip: str, protocol: str, span: Span
) -> list[Port] | None:
    containers, hosts = _range(target), _range(published)
    if containers is None or hosts is None:
        return None
    if len(containers) == 1 and len(hosts) > 1:
        hosts = [None]  # Docker takes one that is free.
    if len(hosts) == 1 and hosts[0] is None:
        hosts *= len(containers)
    if len(hosts) != len(containers):
        # Host ports that are not known take whatever number of container ports there is.
        if containers != [None]:
            return None
        containers = containers * len(hosts)
    address = None if UNKNOWN in host_ip else host_ip
    spoken = "" if UNKNOWN in protocol else protocol.lower()
    pairs = zip(containers, hosts, strict=True)
    return [Port(container, host, address, spoken, span) for container, host in pairs]


def _range(text: str) -> list[int | None] | None:
    """`8000-8001` as numbers; `[None]` if it is empty or not known."""
    if not text or UNKNOWN in text:
        return [None]
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    if not 0 <= first <= last <= _LAST or last - first >= _WIDEST:
        return None
    # Port 0 of the host is one that Docker chooses.
    return [number or None for number in range(first, last + 1)]
