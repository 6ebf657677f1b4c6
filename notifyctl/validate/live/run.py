"""Checks a live server: what is tried in which order, and what could not be."""

import ssl
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import msgspec

from notifyctl.errors import UsageError
from notifyctl.validate.check import chosen_rules, findings_about
from notifyctl.validate.finding import Finding
from notifyctl.validate.live import conversations, health
from notifyctl.validate.live.conversations import Line
from notifyctl.validate.live.exchange import shown_url
from notifyctl.validate.live.latency import Latency
from notifyctl.validate.live.server import LiveServer, longest_gap
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.progress import Progress
from notifyctl.validate.settings import Settings

# Nobody waits for a ping for longer, unless `idle` asks for it.
LONGEST_WAIT_SECONDS: Final = 120.0
# Statuses and close codes that ask for a token, or for another one.
_NEEDS_TOKEN: Final = (401, 403)
_REFUSED_TOKEN: Final = (4403, 4501, 4503, 4505)
_HELLO_TIMEOUT: Final = 4408
_PORTS_IN_ALL: Final = 65_536
_PORTS: Final = {"http": 80, "https": 443}

Seen = TypeVar("Seen")


class LiveOutcome(msgspec.Struct, frozen=True):
    """What the checks of a live server came to. `notes` say what was not tried, and why."""

    findings: list[Finding]
    unchecked: list[Unchecked]
    latencies: list[Latency]
    notes: list[str]


def run_live(
    url: str,
    ws_url: str | None,
    settings: Settings,
    *,
    token: str = "",
    idle: float | None = None,
    pid: int | None = None,
    progress: Progress,
) -> LiveOutcome:
    """Check a server. Raises `UsageError` for what cannot be an address or a token."""
    _demand_url(url, "http", "https")
    if ws_url is not None:
        _demand_url(ws_url, "ws", "wss")
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(problem="The token holds characters that no token has; copy it again.")
    visit = _Visit(url, ws_url or guessed_ws_url(url, settings), settings, token, progress)
    visit.everything(idle, pid)
    rules = chosen_rules(settings).values()
    found = findings_about([visit.server], rules, settings, visit.unchecked)
    found.sort(key=lambda finding: finding.order)
    return LiveOutcome(found, visit.unchecked, visit.latencies(), visit.notes)


def guessed_ws_url(url: str, settings: Settings) -> str:
    """Where the WebSocket is if nobody says: on the same host, as far from the HTTP port as usual.

    Without a port it is a public address, behind which a proxy knows both ports.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    apart = settings.ws_port - settings.http_port
    place = host if parts.port is None else f"{host}:{(parts.port + apart) % _PORTS_IN_ALL}"
    return urlunsplit(("wss" if secure else "ws", place, settings.ws_path, "", ""))


class _Visit:
    """One round of everything; a part that fails leaves the others."""

    def __init__(
        self, url: str, ws_url: str, settings: Settings, token: str, progress: Progress
    ) -> None:
        self.server = LiveServer(shown_url(url), shown_url(ws_url))
        self.unchecked: list[Unchecked] = []
        self.notes: list[str] = []
        self._url = url
        self._line = Line(ws_url, settings, token)
        self._settings = settings
        self._tell = progress

    def everything(self, idle: float | None, pid: int | None) -> None:
        """Try all that can be tried."""
        if self._ask_for_health() and self._shake_hands() and self._converse(idle):
            self._say_too_much()
            self._terminate(pid)

    def latencies(self) -> list[Latency]:
        """The times that were taken."""
        server = self.server
        asked = [each for each in (server.health, server.ready) if each is not None]
        times = [Latency(f"GET {each.path}", each.seconds) for each in asked]
        if server.pings is not None:
            times.append(Latency("ping", server.pings.seconds))
        return [each for each in times if each.seconds]

    def _see(self, **seen: object) -> None:
        self.server = msgspec.structs.replace(self.server, **seen)

    def _ask_for_health(self) -> bool:
        settings = self._settings
        for name, path in (("health", settings.health_path), ("ready", settings.ready_path)):
            self._tell(f"asking for {path}, {health.REQUESTS} times")
            answer = self._tried(self.server.url, partial(health.ask, self._url, path))
            if answer is None:
                return False
            self._see(**{name: answer})
        return True

    def _shake_hands(self) -> bool:
        self._tell(f"opening {self.server.ws_url}")
        shaken = self._tried(self.server.ws_url, lambda: conversations.shake_hands(self._line))
        if shaken is None:
            return False
        if shaken.status in _NEEDS_TOKEN:
            self._cannot(
                f"wants another token before the upgrade (it answered {shaken.status})"
                if self._line.token
                else f"wants a token before the upgrade (it answered {shaken.status}); "
                "give one with --token"
            )
            return False
        self._see(handshake=shaken)
        return shaken.is_open

    def _converse(self, idle: float | None) -> bool:
        """Strangers and a session; False if the server would not talk to us."""
        # What strangers are sent meanwhile waits until they are heard.
        silent = self._tried(
            self.server.ws_url, lambda: conversations.open_silent_stranger(self._line)
        )
        forger = self._tried(self.server.ws_url, lambda: conversations.forge_a_token(self._line))
        page = self._tried(
            self.server.ws_url, lambda: conversations.come_from_a_foreign_page(self._line)
        )
        self._see(foreign_page=page)
        talked = self._tried(self.server.ws_url, lambda: self._talk(idle))
        strangers = [] if silent is None else [conversations.hear_stranger(silent)]
        # Whom the token did not help is greeted like everybody else.
        if forger and all(forger.messages > each.messages for each in strangers):
            strangers.append(forger)
        self._see(strangers=tuple(strangers))
        return talked is True

    def _talk(self, idle: float | None) -> bool:
        """One session: pings, and then silence; False if the token was refused."""
        with closing(self._line.session("session")) as talk:
            if talk.close_code in _REFUSED_TOKEN:
                code = talk.close_code
                self._cannot(f"refused the token (it closed with {code}); give another")
                return False
            self._tell(f"sending {conversations.PINGS} pings")
            self._see(pings=conversations.ping(talk))
            seconds = self._silence_of(idle)
            self._tell(f"saying nothing for {seconds:g} s")
            silence = conversations.stay_silent(talk, seconds, self._tell)
        if silence.close_code == _HELLO_TIMEOUT and not self._line.token:
            self.notes.append(
                f"The server ended the session after {silence.seconds:.0f} s, because there was "
                "no token: pings of the server (LV504) and silence (LV505) need --token"
            )
        else:
            self._see(silence=silence)
        return True

    def _silence_of(self, idle: float | None) -> float:
        wanted = longest_gap(self._settings.ping_seconds)
        seconds = min(wanted, LONGEST_WAIT_SECONDS) if idle is None else idle
        if seconds < wanted:
            self.notes.append(
                f"Whether the server pings every {self._settings.ping_seconds:g} s was not awaited "
                f"(LV504): that takes --idle {wanted:g}s"
            )
        return seconds

    def _say_too_much(self) -> None:
        self._tell("sending a message that is too large")
        said = self._tried(self.server.ws_url, lambda: conversations.say_too_much(self._line))
        self._see(too_long=said)

    def _terminate(self, pid: int | None) -> None:
        if pid is None:
            self.notes.append("What clients see at SIGTERM was not tried (LV506): that takes --pid")
            return
        self._tell(f"sending SIGTERM to process {pid}")
        try:
            ending = conversations.terminate(self._line, self._url, pid, self._tell)
        except (ProcessLookupError, PermissionError) as error:
            why = f"cannot be seen at SIGTERM: process {pid} cannot be sent it ({error.strerror})"
            self._cannot(why)
            return
        except OSError as error:
            self._cannot(f"has no session that could be watched at SIGTERM ({_reason(error)})")
            return
        self._see(termination=ending)

    def _tried(self, url: str, part: Callable[[], Seen]) -> Seen | None:
        """What a part of the visit saw; None if nobody was there, which is noted once."""
        try:
            return part()
        except health.NoHttp:
            self._cannot("does not speak HTTP; check the port", url)
        except OSError as error:
            why = f"does not answer ({_reason(error)}); start the server or check the URL"
            self._cannot(why, url)
        return None

    def _cannot(self, reason: str, target: str | None = None) -> None:
        """Note why something could not be seen, as a sentence that begins with the address."""
        said = Unchecked(target or self.server.ws_url, reason)
        if said not in self.unchecked:
            self.unchecked.append(said)


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is refused: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as expected"
    return error.strerror or str(error) or "no answer"


def _demand_url(url: str, *schemes: str) -> None:
    try:
        parts = urlsplit(url)
        plain = not parts.fragment and parts.username is None and parts.port != 0
        fits = parts.scheme in schemes and bool(parts.hostname) and plain
    except ValueError:
        fits = False
    if not fits or not url.isprintable() or " " in url:
        example = f"{schemes[0]}://HOST:PORT"
        raise UsageError(problem=f"{url!r} is no address of a server; write it as {example}.")
