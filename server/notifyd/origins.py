"""Origins: which web pages may use the server."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def origin_allowed(origin: str | None, host: str | None, allowed: Collection[str]) -> bool:
    """Whether a page of this origin may connect.

    `host` is the request's Host header. No origin means no browser. Pages from the same
    hostname (any port) and from this machine are welcome, and those in `allowed`.
    """
    if origin is None or origin in allowed or "*" in allowed:
        return True
    name = hostname(origin)
    return name is not None and (name in LOOPBACK or name == hostname(f"//{host or ''}"))


def hostname(url: str) -> str | None:
    """The lower-case host in a URL, without its port; None when there is none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
