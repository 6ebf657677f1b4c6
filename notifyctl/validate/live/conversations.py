"""What is tried on the WebSocket port, one conversation after another."""

import base64
import json
import os
import signal
import time
from contextlib import closing
from typing import Final

from websockets.frames import Opcode

from notifyctl.validate.live.exchange import Transcript
from notifyctl.validate.live.health import status_of
from notifyctl.validate.live.server import (
    ForeignPage,
    Handshake,
    Pings,
    Silence,
    Stranger,
    Termination,
    TooLong,
)
from notifyctl.validate.live.websocket import LiveSocket
from notifyctl.validate.progress import Progress
from notifyctl.validate.settings import Settings
from notifyctl.wire import SUBPROTOCOL

PINGS: Final = 10
PONG_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 5.0
LISTEN_SECONDS: Final = 1.0
# How much longer than drain a server may take from SIGTERM to the last close.
DRAIN_RESERVE_SECONDS: Final = 10.0
# Nobody owns this name (RFC 2606), so no server can have a reason to trust it.
FOREIGN_ORIGIN: Final = "https://notifyctl-validate.invalid"


class Line:
    """How to reach the WebSocket port, and what to show for it."""

    def __init__(self, url: str, settings: Settings, token: str) -> None:
        self.url = url
        self.settings = settings
        self.token = token

    def call(
        self,
        about: str,
        *,
        with_token: bool = True,
        origin: str | None = None,
        shows_text: bool = False,
    ) -> LiveSocket:
        """Open a socket whose conversation goes by this name. Raises `OSError`."""
        return LiveSocket(
            self.url,
            Transcript(self.url, about, [self.token]),
            subprotocol=self.settings.ws_subprotocol,
            token=self.token if with_token else "",
            origin=origin,
            shows_text=shows_text,
        )

    def session(self, about: str) -> LiveSocket:
        """A socket that said hello, if the server speaks our language and there is a token."""
        talk = self.call(about)
        if self.token and talk.handshake.is_open and _speaks_ours(talk):
            talk.say('{"type":"hello"}', '{"type":"hello"}')
            deadline = time.monotonic() + ANSWER_SECONDS
            while not talk.messages and talk.receive(deadline) is not None:
                pass
            if any(map(_is_error, talk.messages)):
                # The close that follows tells why.
                talk.listen(deadline)
        return talk


def shake_hands(line: Line) -> Handshake:
    """Open a socket as a client does."""
    with closing(line.call("handshake")) as talk:
        return talk.handshake


def come_from_a_foreign_page(line: Line) -> ForeignPage:
    """Open a socket as a script on another site would."""
    with closing(line.call("origin", origin=FOREIGN_ORIGIN)) as talk:
        return ForeignPage(talk.handshake.exchange, FOREIGN_ORIGIN, talk.handshake.status)


def open_silent_stranger(line: Line) -> LiveSocket:
    """A socket without a token that says nothing; `hear_stranger` asks later what it was sent."""
    return line.call("stranger", with_token=False, shows_text=True)


def hear_stranger(talk: LiveSocket) -> Stranger:
    """What came for a stranger since it was opened: until now it waited in the kernel."""
    talk.listen(time.monotonic() + LISTEN_SECONDS)
    talk.close()
    return Stranger(talk.transcript.finish(), "says nothing", len(talk.messages))


def forge_a_token(line: Line) -> Stranger | None:
    """Say hello with a token that nobody signed; None if the server speaks another language."""
    with closing(line.call("forged-token", with_token=False, shows_text=True)) as talk:
        if not (talk.handshake.is_open and _speaks_ours(talk)):
            return None
        hello = {"type": "hello", "token": _unsigned_token(time.time())}
        talk.say(json.dumps(hello), '{"type":"hello","token":"*** (not signed: alg none)"}')
        talk.listen(time.monotonic() + LISTEN_SECONDS)
        data = [message for message in talk.messages if not _is_error(message)]
        return Stranger(talk.transcript.finish(), "says hello with a forged token", len(data))


def ping(talk: LiveSocket) -> Pings:
    """Ping the server, one after the other."""
    times: list[float] = []
    for number in range(1, PINGS + 1):
        payload = f"notifyctl {number}".encode()
        talk.ping(payload)
        began = time.monotonic()
        if not _ponged(talk, payload, began + PONG_SECONDS):
            talk.transcript.add(f"> ping {number}", "ping")
            talk.transcript.add(f"(no pong within {PONG_SECONDS:g} s)", "pong")
            return Pings(talk.transcript.finish(), number, tuple(times))
        times.append(time.monotonic() - began)
    talk.transcript.add(f"> {PINGS} pings, one after the other", "ping")
    talk.transcript.add(f"< {PINGS} pongs", "pong")
    return Pings(talk.transcript.finish(), PINGS, tuple(times))


def stay_silent(talk: LiveSocket, seconds: float, tell: Progress) -> Silence:
    """Say nothing for a while, and note when the server pings and whether it stays."""
    talk.transcript.add(f"(the client is silent for {seconds:g} s)", "silence")
    began = time.monotonic()
    pings: list[float] = []
    while (passed := time.monotonic() - began) < seconds and not talk.ended:
        tell(f"silent for {passed:.0f} of {seconds:.0f} s", passing=True)
        frame = talk.receive(began + min(seconds, passed + 1.0))
        if frame is not None and frame.opcode is Opcode.PING:
            pings.append(time.monotonic() - began)
            talk.transcript.add(f"< ping after {pings[-1]:.1f} s", "ping")
    passed = time.monotonic() - began
    if not talk.ended:
        talk.transcript.add(f"(still open after {passed:.1f} s)", "open")
    return Silence(talk.transcript.finish(), passed, tuple(pings), talk.close_code)


def say_too_much(line: Line) -> TooLong:
    """Send one message that is larger than the server takes."""
    size = line.settings.max_message_bytes + 1
    with closing(line.call("too-long")) as talk:
        talk.say("x" * size, f"(a message of {size:,} bytes)")
        talk.listen(time.monotonic() + ANSWER_SECONDS)
        if not talk.ended:
            talk.transcript.add(f"(still open after {ANSWER_SECONDS:g} s)", "open")
        return TooLong(talk.transcript.finish(), size, talk.close_code)


def terminate(line: Line, url: str, pid: int, tell: Progress) -> Termination:
    """Send SIGTERM to the server, and watch a session until it is closed. Raises `OSError`."""
    with closing(line.session("sigterm")) as talk:
        os.kill(pid, signal.SIGTERM)
        talk.transcript.add(f"(SIGTERM to process {pid})", "signal")
        began = time.monotonic()
        patience = line.settings.drain_seconds + DRAIN_RESERVE_SECONDS
        while not talk.ended and (passed := time.monotonic() - began) < patience:
            tell(f"draining for {passed:.0f} s, at most {patience:.0f} s", passing=True)
            talk.receive(began + min(patience, passed + 1.0))
        # Asked right after the close: who comes back now must not be sent here again.
        ready = status_of(url, line.settings.ready_path)
        said = "nothing" if ready is None else str(ready)
        talk.transcript.add(f"GET {line.settings.ready_path} is answered with {said}", "ready")
        return Termination(talk.transcript.finish(), talk.close_code, ready)


def _speaks_ours(talk: LiveSocket) -> bool:
    return talk.handshake.subprotocol == SUBPROTOCOL


def _ponged(talk: LiveSocket, payload: bytes, until: float) -> bool:
    while (frame := talk.receive(until)) is not None:
        if frame.opcode is Opcode.PONG and bytes(frame.data) == payload:
            return True
    return False


def _is_error(message: str) -> bool:
    try:
        said = json.loads(message)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("type") == "error"


def _unsigned_token(now: float) -> str:
    claims = {"sub": "notifyctl-validate", "scope": "subscribe", "exp": int(now) + 60}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts)
    return ".".join(each.decode().rstrip("=") for each in encoded) + "."
