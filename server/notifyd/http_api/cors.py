"""CORS: what browsers are told about pages from other origins."""

from collections.abc import Collection, Mapping
from typing import Final

from notifyctl.errors import OriginRefused
from notifyd.origins import origin_allowed

_VARY: Final = {"Vary": "Origin"}


def cors_headers(
    origin: str | None, host: str | None, allowed: Collection[str]
) -> Mapping[str, str]:
    """The headers that let a page of this origin read the answer.

    Raises `OriginRefused`, which names the setting.
    """
    if origin is None:
        return _VARY
    if not origin_allowed(origin, host, allowed):
        raise OriginRefused(origin=origin)
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "Idempotent-Replayed, Retry-After",
        **_VARY,
    }


def preflight_headers(allow: str) -> Mapping[str, str]:
    """The answer to a browser that asks before it sends; `allow` lists the path's methods."""
    return {
        "Allow": allow,
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Max-Age": "600",
    }
