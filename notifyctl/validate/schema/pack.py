"""The packed schemas: three versions of Kubernetes and the compose specification."""

import re
import zlib
from functools import cache
from pkgutil import get_data
from typing import Final

import msgspec

from notifyctl.validate.schema.shape import Pack

KUBERNETES: Final = "kubernetes.pack"
COMPOSE: Final = "compose.pack"
# The versions of Kubernetes that are packed, the newest last.
VERSIONS: Final = ("1.35", "1.36", "1.37")
_VERSION: Final = re.compile(r"v?1\.([0-9]{1,3})(?:\.[0-9]+)?(?:[-+].*)?")


@cache
def read_pack(name: str) -> Pack:
    """A pack, which lies beside this module."""
    packed = get_data(__name__, name)
    assert packed is not None, f"{name} is not installed"
    return msgspec.msgpack.decode(zlib.decompress(packed), type=Pack)


def minor_of(version: str) -> int | None:
    """The number after `1.`; None for what is no version of Kubernetes.

    >>> [minor_of(version) for version in ("1.36", "v1.31.4", "newest")]
    [36, 31, None]
    """
    match = _VERSION.fullmatch(version.strip())
    return int(match[1]) if match else None


def target_minor(version: str) -> int:
    """The version that is meant: the newest if nothing, or nothing sensible, is."""
    minor = minor_of(version)
    return int(VERSIONS[-1][2:]) if minor is None else minor


def nearest(version: str) -> str:
    """The packed version that is nearest to the one that is meant."""
    wanted = target_minor(version)
    return min(VERSIONS, key=lambda each: abs(int(each[2:]) - wanted))


def problem_with(version: str) -> str:
    """What is wrong with a `kubernetes_version`, as a sentence's end; empty if nothing is."""
    if not version or minor_of(version) is not None:
        return ""
    return f"{version!r} is no version of Kubernetes; write one such as {VERSIONS[-1]!r}"
