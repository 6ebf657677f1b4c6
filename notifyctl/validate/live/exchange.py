"""What was said between this command and a server, as a text that findings can point at."""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from notifyctl.validate.source import Source, Span

HIDDEN: Final = "***"
_SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"}
)
# Whatever a server sends back, signed tokens are not shown.
_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*)*")
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST_LINE: Final = 300


class Exchange(msgspec.Struct, frozen=True):
    """One conversation: its text, and the number of each line that has a name."""

    source: Source
    marks: Mapping[str, int]

    def at(self, *marks: str) -> Span:
        """The line of the first of these names that there is; the last line if there is none."""
        last = len(self.source.starts)
        return self.source.line_span(next((self.marks[m] for m in marks if m in self.marks), last))


class Transcript:
    """Writes a conversation down, without the secrets that were said in it."""

    def __init__(self, url: str, about: str = "", secrets: Iterable[str] = ()) -> None:
        self._name = f"{shown_url(url)}{'#' if about else ''}{about}"
        self._secrets = [secret for secret in secrets if secret]
        self._lines: list[str] = []
        self._marks: dict[str, int] = {}

    def add(self, line: str, mark: str = "") -> None:
        """One line, by a name under which it is found again; the first of a name keeps it."""
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        line = _UNSEEN.sub(" ", _TOKEN.sub(HIDDEN, line))
        self._lines.append(line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…")
        if mark:
            self._marks.setdefault(mark, len(self._lines))

    def headers(self, headers: Iterable[tuple[str, str]]) -> None:
        """Headers, one a line, each named by its lower-case name, and an empty line."""
        for name, value in headers:
            known = name.lower()
            self.add(f"{name}: {HIDDEN if known in _SECRET_HEADERS else value}", known)
        self.add("")

    def finish(self) -> Exchange:
        """What was written so far."""
        return Exchange(Source(self._name, "\n".join(self._lines)), dict(self._marks))


def shown_url(url: str) -> str:
    """A URL without what may be secret in it: user, password, query, fragment."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
