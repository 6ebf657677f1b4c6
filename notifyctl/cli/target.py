"""Which server a command talks to, and with which token."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from notifyctl.cli.contexts import read_context
from notifyctl.errors import SecretMissing, TokenNeeded, UsageError

if TYPE_CHECKING:
    from notifyd.settings import Settings

LOCAL_TOKEN_SECONDS: Final = 600.0


@dataclass(frozen=True)
class Target:
    """A server's two addresses, and the token that was given for it, if one was."""

    url: str
    ws_url: str
    token: str | None = None

    def token_for(self, user: str, *scopes: str) -> str:
        """The given token, or one for this user: signed here, good for ten minutes.

        The command line on the server's own machine finds its secret in `NOTIFYD_JWT_SECRET`
        or in its data directory. Raises `TokenNeeded`, `SecretMissing` or `SigningKeyMissing`
        without a way to one.
        """
        return self.token or self._issue(user, scopes)

    def token_source(self, user: str, *scopes: str) -> str | Callable[[], str]:
        """The given token, or a function that signs a fresh one whenever it is called."""
        return self.token or (lambda: self._issue(user, scopes))

    def _issue(self, user: str, scopes: tuple[str, ...]) -> str:
        import secrets
        import time

        from notifyctl.cli.signing import local_key
        from notifyctl.client.api import Api
        from notifyd.auth import addressee, issue

        if not is_local(self.url):
            raise TokenNeeded(url=self.url)
        settings = local_settings()
        try:
            key = local_key(settings)
        except SecretMissing:
            with Api(self.url, attempts=1) as api:
                api.health()  # No server at all is the more likely reason.
            raise
        return issue(
            key,
            user,
            scopes=scopes,
            topics=["*"],
            max_level="critical",
            now=time.time(),
            ttl_seconds=LOCAL_TOKEN_SECONDS,
            token_id=secrets.token_hex(8),
            **addressee(settings),
        )


def find_target(
    url: str | None = None,
    ws_url: str | None = None,
    token: str | None = None,
    context: str | None = None,
) -> Target:
    """The server to talk to: what was given, else what the context says, else the local server.

    A context's token is for the context's own server: beside another URL it is left out.
    """
    chosen = read_context(context) if context is not None else {}
    home = url in {None, chosen.get("url")}
    if home and ws_url is None:
        ws_url = chosen.get("ws_url")
    if url is None:
        url = chosen.get("url")
    if url is None:
        local = local_settings()
        url = f"http://127.0.0.1:{local.http_port}"
        ws_url = ws_url or f"ws://127.0.0.1:{local.ws_port}/ws"
    _check(url)
    if token is None and home:
        token = chosen.get("token") or _token_from(chosen.get("token_file"))
    return Target(url, ws_url or beside(url), token)


def beside(url: str) -> str:
    """Where the WebSocket of a server is, if nobody says: one port further, or at the same name.

    `http://127.0.0.1:8000` has `ws://127.0.0.1:8001/ws`, and `https://notify.example` behind
    a proxy has `wss://notify.example/ws`.
    """
    parts = urlsplit(url)
    place = parts.netloc
    if parts.port is not None:
        place = place.removesuffix(f":{parts.port}") + f":{parts.port + 1}"
    scheme = "wss" if parts.scheme == "https" else "ws"
    return urlunsplit((scheme, place, parts.path.rstrip("/") + "/ws", "", ""))


def _check(url: str) -> None:
    problem = f"{url!r} is not the URL of a server; it looks like http://127.0.0.1:8000."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageError(problem=problem) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise UsageError(problem=problem)


def is_local(url: str) -> bool:
    """Whether a URL is of this machine."""
    from ipaddress import ip_address

    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def local_user() -> str:
    """Who sits at this machine: the user of tokens that are signed here."""
    from getpass import getuser

    from notifyctl.wire import is_user

    try:
        name = getuser()
    except (OSError, KeyError):  # A container may run under a number that has no name.
        return "operator"
    return name if is_user(name) else "operator"


def local_settings() -> "Settings":
    """The settings of a server that is started in this environment."""
    from notifyd.settings import load_settings

    return load_settings({}, os.environ, {}, read_text)


def read_text(path: str) -> str:
    """The text of a file whose name a person wrote."""
    return Path(path).expanduser().read_text()


def _token_from(path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return read_text(path).strip()
    except (OSError, ValueError) as error:
        raise UsageError(problem=f"The token file cannot be read: {error}.") from None
