"""Logs: one line per meaningful thing, as JSON for machines or short text for people."""

import asyncio
import errno
import json
import logging
import os
import re
import threading
import time
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, TextIO

from notifyctl.wire import timestamp
from notifyd.settings import Settings

log = logging.getLogger(__name__)

# How many lines of one message a second may bring; the rest are counted.
SAME_PER_SECOND: Final = 20

# What a connection's other side does all the time: nothing to tell an operator.
_PEER_IS_GONE: Final = frozenset(
    {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN}
)
# What `{"` looks like in base64, and at the beginning of a word also a brace and a space.
_TOKEN: Final = re.compile(r"(eyJ|(?<![\w-])(ey[AI]|ew[0ko]))[\w-]{8,}(\.[\w-]*)*")
# Also one that was cut off; its lines may stand with \n between them, as in JSON.
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\w+/=\s\\]*(-----END [A-Z ]*PRIVATE KEY-----)?"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PLAIN: Final = re.compile(r"[!#-<>-~]+")
_COLOURS: Final = {"debug": "2", "info": "36", "warning": "33", "error": "31", "critical": "31"}


def fields(**values: object) -> dict[str, Any]:
    """The fields of a line: `log.info("session opened", extra=fields(user="alice"))`."""
    return {"fields": values}


def setup(settings: Settings, stream: TextIO, secrets: Iterable[str] = ()) -> None:
    """Write the log to `stream`, in the format and from the level that the settings name.

    The secrets never stand in a line. Libraries are heard from `warning` on only.
    """
    on_terminal = stream.isatty()
    is_console = settings.log_format == "console" or (settings.log_format == "auto" and on_terminal)
    formatter: logging.Formatter = (
        ConsoleLines(colour=on_terminal and not os.environ.get("NO_COLOR"))
        if is_console
        else JsonLines()
    )
    handler = GuardedHandler(stream, secrets=secrets)
    handler.setFormatter(formatter)
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    root = logging.getLogger()
    for other in root.handlers[:]:
        root.removeHandler(other)
    root.addHandler(handler)
    root.setLevel(max(level, logging.WARNING))
    for ours in ("notifyd", "notifyctl"):
        logging.getLogger(ours).setLevel(level)


def handle_loop_error(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For `loop.set_exception_handler`: a peer that went away is nothing, the rest one line."""
    error = context.get("exception")
    if isinstance(error, ConnectionError):
        return
    if isinstance(error, OSError) and error.errno in _PEER_IS_GONE:
        return
    log.error(context["message"], exc_info=error)


class JsonLines(logging.Formatter):
    """One JSON object per line: `at`, `level`, `message`, the fields, `error` with a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line: dict[str, object] = {
            "at": timestamp(record.created),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        for name, value in _fields_of(record).items():
            line.setdefault(name, value)
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class ConsoleLines(logging.Formatter):
    """`10:00:07 info    session opened  user=alice`, and a traceback as Python prints it."""

    def __init__(self, *, colour: bool) -> None:
        super().__init__()
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line for a person."""
        moment = time.strftime("%H:%M:%S", time.localtime(record.created))
        level = record.levelname.lower()
        word = f"{level:<7}"
        if self._colour:
            word = f"\x1b[{_COLOURS.get(level, '0')}m{word}\x1b[0m"
        line = f"{moment} {word} {_one_line(record.getMessage())}"
        values = [f"{name}={_value(value)}" for name, value in _fields_of(record).items()]
        if values:
            line += "  " + " ".join(values)
        if record.exc_info:
            line += "\n" + _CONTROL.sub("?", self.formatException(record.exc_info))
        return line


class Flood:
    """Lets the first lines of each message through, and counts the rest until the window ends."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[Hashable, int] = {}
        self._held: dict[Hashable, logging.LogRecord] = {}

    def admit(self, record: logging.LogRecord) -> bool:
        """Whether the record may be written now."""
        message = (record.name, record.levelno, record.msg)
        count = self._counts[message] = self._counts.get(message, 0) + 1
        if count <= self._most:
            return True
        self._held[message] = record
        return False

    def end_window(self) -> list[logging.LogRecord]:
        """One record for each message that was held back, saying how often; begin anew."""
        summaries = []
        for message, record in self._held.items():
            more = self._counts[message] - self._most
            text = f"{record.getMessage()} … and {more:,} more like this"
            summaries.append(
                logging.LogRecord(
                    record.name, record.levelno, record.pathname, record.lineno, text, None, None
                )
            )
        self._counts.clear()
        self._held.clear()
        return summaries


class GuardedHandler(logging.StreamHandler[TextIO]):
    """Writes lines without tokens, and no flood of the same one.

    Thousands of clients that vanish together are a few lines and a number.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        secrets: Iterable[str] = (),
        most: int = SAME_PER_SECOND,
        window_seconds: float = 1.0,
    ) -> None:
        super().__init__(stream)
        # As they are, and as they look inside a JSON line.
        self._secrets = {
            text for secret in secrets if secret for text in (secret, json.dumps(secret)[1:-1])
        }
        self._flood = Flood(most)
        self._window_seconds = window_seconds
        self._window_ends = 0.0
        self._timer: threading.Timer | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record, or count it. The caller holds the handler's lock."""
        now = time.monotonic()
        if now >= self._window_ends:
            self._end_window()
            self._window_ends = now + self._window_seconds
        if self._flood.admit(record):
            super().emit(record)
        elif self._timer is None:
            # The end of a flood is told even if nothing else happens for an hour.
            self._timer = threading.Timer(self._window_ends - now, self.flush_summaries)
            self._timer.daemon = True
            self._timer.start()

    def format(self, record: logging.LogRecord) -> str:
        """The line, its tokens and secrets blotted out."""
        line = _PRIVATE_KEY.sub("[private key]", super().format(record))
        line = _TOKEN.sub("[token]", line)
        for secret in self._secrets:
            line = line.replace(secret, "[secret]")
        return line

    def flush_summaries(self) -> None:
        """Say now what was held back."""
        self.acquire()
        try:
            self._end_window()
        finally:
            self.release()

    def close(self) -> None:
        """Say what was held back, then let go."""
        self.flush_summaries()
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """A line that cannot be written (disk full, terminal gone) stops nobody's work."""

    def _end_window(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for summary in self._flood.end_window():
            super().emit(summary)


def _fields_of(record: logging.LogRecord) -> Mapping[str, object]:
    values: Mapping[str, object] = getattr(record, "fields", {})
    return values


def _one_line(text: str) -> str:
    """Text that moves no cursor and starts no line of its own."""
    return _CONTROL.sub("?", text).replace("\n", "\\n").replace("\t", " ")


def _value(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text if _PLAIN.fullmatch(text) else _one_line(json.dumps(text, ensure_ascii=False))
