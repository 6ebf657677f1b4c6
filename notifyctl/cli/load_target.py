"""Whom a load test may hit: servers on this machine and in private networks, unless you own it."""

from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from notifyctl.errors import ServerUnreachable, UsageError

if TYPE_CHECKING:
    from loadtests.spec import Target


def load_target(url: str, ws_url: str | None, key: Path | None, *, is_owned: bool) -> "Target":
    """The server to load, and what tokens for its users are signed with.

    That is the secret of the server on this machine, unless a file with a key is given.
    """
    from loadtests.spec import Target
    from notifyctl.cli.target import beside, local_settings

    ws_url = ws_url or beside(url)
    for address, schemes in ((url, {"http", "https"}), (ws_url, {"ws", "wss"})):
        check(address, schemes, is_owned=is_owned)
    settings = local_settings()
    return Target(
        http_url=url.rstrip("/"),
        ws_url=ws_url,
        secret=_secret(key),
        audience=settings.jwt_audience,
        issuer=settings.jwt_issuer,
    )


def check(url: str, schemes: set[str], *, is_owned: bool) -> None:
    """Refuse what is no URL, and a public server whose owner may not know of this.

    Raises `UsageError`, and `ServerUnreachable` for a name that nobody knows.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in schemes or not host:
        likely = f"{min(schemes)}://127.0.0.1:8000"
        raise UsageError(problem=f"{url!r} is not the URL of a server; it looks like {likely}.")
    if is_owned:
        return
    public = [address for address in addresses(host, port, url) if not is_near(address)]
    if public:
        raise UsageError(
            problem=f"{host} is reached at {public[0]}, a public address, and a load test is an"
            " attack on a server that is not yours; if it is yours, add --i-own-this-target."
        )


def is_near(address: str) -> bool:
    """Whether an address belongs to this machine or to a private network."""
    found = ip_address(address.partition("%")[0])
    return found.is_loopback or found.is_private or found.is_link_local


def addresses(host: str, port: int | None, url: str) -> list[str]:
    """All that a name stands for. Raises `ServerUnreachable`."""
    from socket import SOCK_STREAM, gaierror, getaddrinfo

    try:
        found = getaddrinfo(host, port, type=SOCK_STREAM)
    except (gaierror, UnicodeError) as error:
        raise ServerUnreachable(url=url, reason=error) from None
    return sorted({str(entry[4][0]) for entry in found})


def _secret(path: Path | None) -> str:
    from notifyctl.cli.signing import key_in, local_key
    from notifyctl.cli.target import local_settings

    if path is not None:
        key_in(path, None)  # What cannot sign is refused here, and not in the runner.
        return path.read_text().strip()
    key = local_key(local_settings())
    assert isinstance(key.material, bytes), "what the settings sign with is a secret"
    return key.material.decode()
