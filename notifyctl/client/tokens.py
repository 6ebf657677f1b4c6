"""Tokens: where a client gets them."""

import inspect
from collections.abc import Awaitable, Callable

from notifyctl.errors import NotifyError

TokenSource = str | Callable[[], str | Awaitable[str]]
"""A token, or a function that fetches a fresh one.

The function may raise a `NotifyError` to end the client, such as `Unauthorized` after the
person signed out. After any other error the client tries again later.
"""


class SourceFailed(Exception):
    """The token source failed for now; the client tries again."""


class Tokens:
    """The token in use, and the source of the next one."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self.current = source if isinstance(source, str) else ""

    @property
    def renewable(self) -> bool:
        """Whether there is a source of further tokens."""
        return not isinstance(self._source, str)

    async def fetch(self) -> str:
        """Get a fresh token. Raises `SourceFailed`, or the source's own `NotifyError`."""
        if isinstance(self._source, str):
            return self._source
        try:
            fetched = self._source()
            self.current = await fetched if inspect.isawaitable(fetched) else fetched
        except NotifyError:
            raise
        except Exception as error:
            raise SourceFailed(f"The token source failed: {error!r}.") from error
        return self.current
