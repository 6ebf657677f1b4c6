"""Tokens on both ports: every kind of key from its making to a session, and every refusal."""

import base64
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import aiohttp
import jwt
import msgspec
import pytest
from websockets.asyncio.client import connect

from notifyctl import wire
from notifyctl.wire import CloseCode, Problem
from notifyd.auth import Addressee, issue
from notifyd.keyring import Keyring, keyring_for
from notifyd.keys import ALGORITHMS, HMAC, Key, secret_key
from notifyd.settings import Settings
from notifyd.token import MAX_TOKEN_BYTES
from tests.support.command_line import Notifyctl, at_home, caller
from tests.support.key_pairs import key_pair, private, public
from tests.support.nodes import Conversation, Node, node, run
from tests.support.servers import running

SECRET: Final = secret_key(b"0123456789abcdef0123456789abcdef")
KEYRING: Final = Keyring((SECRET, public("RS256", "login"), public("ES256", "phone")))
MEANT: Final = Addressee(audience="notify", issuer="https://login.example")


@pytest.fixture
def notifyctl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Notifyctl:
    """The command line of somebody who has nothing yet, in an empty folder."""
    at_home(monkeypatch, tmp_path)
    monkeypatch.chdir(tmp_path)
    return caller(monkeypatch, capsys)


class Ports:
    """Both ports of a server, asked with one token."""

    def __init__(self, here: Node, http: aiohttp.ClientSession) -> None:
        self._here = here
        self._http = http

    async def accept(self, token: str) -> bool:
        """Whether both let the token's user in."""
        async with self._ask(token) as answer, self._here.session(token=token) as talk:
            return answer.status == 200 and talk.welcome.user == "alice"

    async def refuse(self, token: str) -> tuple[int, str, str, int | None]:
        """Status and code over HTTP, code and close code over the WebSocket."""
        async with self._ask(token) as answer:
            problem = msgspec.json.decode(await answer.read(), type=Problem)
        assert token not in problem.detail
        return answer.status, problem.code, *await self.close(token)

    async def close(self, token: str) -> tuple[str, int | None]:
        """Code and close code over the WebSocket."""
        async with connect(self._here.ws_url) as socket:
            talk = Conversation(socket)
            await talk.say(wire.Hello(token=token))
            error = await talk.expect(wire.Error)
            await socket.wait_closed()
            assert token not in error.message
            return error.code, socket.close_code

    def _ask(self, token: str) -> Any:
        return self._http.get(
            "/v1/users/me/inbox",
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(10),
        )


@asynccontextmanager
async def ports(here: Node) -> AsyncIterator[Ports]:
    """Both ports of a node."""
    async with aiohttp.ClientSession(here.http_url) as http:
        yield Ports(here, http)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_new_key_signs_what_a_server_with_its_other_half_accepts(
    notifyctl: Notifyctl, tmp_path: Path, algorithm: str
) -> None:
    path = tmp_path / "login.pem"
    assert notifyctl("token", "keygen", "--algorithm", algorithm, "--out", path).status == 0
    token = notifyctl("token", "issue", "alice", "--key", path, "--algorithm", algorithm).out
    name = "jwt_secret" if algorithm in HMAC else "jwt_public_key"
    text = (path if algorithm in HMAC else tmp_path / "login.pub.pem").read_text().strip()
    settings = Settings(**{name: text})  # type: ignore[arg-type]

    async def story() -> None:
        async with node(keyring_for(settings)) as here, ports(here) as both:
            assert await both.accept(token.strip())

    run(story())
    assert jwt.get_unverified_header(token.strip())["alg"] == algorithm


def test_keys_are_rotated_by_their_ids_while_a_server_keeps_the_old_ones(
    notifyctl: Notifyctl, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in ("2026-11", "2026-12"):
        notifyctl("token", "keygen", "--algorithm", "ES256", "--out", f"{name}.pem")
        (tmp_path / f"{name}.pub.pem").rename(keys / f"{name}.pub.pem")
    old, new, crossed, nameless = (
        notifyctl("token", "issue", "alice", "--key", f"{key}.pem", *kid).out.strip()
        for key, *kid in (
            ("2026-11", "--kid", "2026-11"),
            ("2026-12", "--kid", "2026-12"),
            ("2026-11", "--kid", "2026-12"),
            ("2026-11",),
        )
    )
    environment = {"NOTIFYD_JWT_KEYS_DIR": str(keys)}

    async def story(here: Node) -> None:
        async with ports(here) as both:
            assert await both.accept(old)
            assert await both.accept(new)
            for wrong in (crossed, nameless):
                assert await both.refuse(wrong) == INVALID

    with running(tmp_path / "data", **environment) as server:
        run(story(Node(server.http_url, server.ws_url)))
        assert not (tmp_path / "data" / "secret").exists()
    written = server.log_path.read_text()
    for token in (old, new, crossed, nameless):
        assert token not in written


INVALID: Final = (401, "token_invalid", "token_invalid", CloseCode.UNAUTHORIZED)
EXPIRED: Final = (401, "token_expired", "token_expired", CloseCode.TOKEN_EXPIRED)


def good(
    key: Key = SECRET,
    *,
    ttl_seconds: float = 60.0,
    audience: str | None = MEANT["audience"],
    issuer: str | None = MEANT["issuer"],
) -> str:
    return issue(
        key,
        "alice",
        scopes=["subscribe"],
        now=time.time(),
        ttl_seconds=ttl_seconds,
        token_id="t",
        audience=audience,
        issuer=issuer,
    )


def signed(header: Mapping[str, Any], key: bytes, **claims: Any) -> str:
    """A token with this header on top of the usual one, signed with HMAC."""
    said = {"sub": "alice", "exp": time.time() + 60, "scope": "subscribe", **claims}
    said |= {"aud": MEANT["audience"], "iss": MEANT["issuer"]}
    # Not `jwt.encode`, which refuses to take a public key for a secret.
    digest = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    text = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256", **header}, said)
    )
    signature = digest.sign(text.encode(), key)
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def raw(key: Key) -> bytes:
    assert isinstance(key.material, bytes)
    return key.material


REFUSED: Final = {
    "no algorithm": signed({"alg": "none"}, raw(SECRET)),
    "no signature": good().rpartition(".")[0] + ".",
    "cut off in its claims": good()[:60],
    "cut off in its signature": good()[:-3],
    "another key": good(private("ES256", "phone", number=2)),
    "the public key as a secret": signed({"kid": "login"}, key_pair("RS256")[1].encode()),
    "the public key as a secret, unnamed": signed({}, key_pair("RS256")[1].encode()),
    "another algorithm of another key": good(replace(private("ES256"), id="login")),
    "an unknown key": good(private("ES256", "other")),
    "a key that is no name": signed({"kid": {"$ne": 1}}, raw(SECRET)),
    "a key of its own": signed({"jwk": {"kty": "oct", "k": "bW1tbQ"}}, b"m" * 32),
    "an extension": signed({"crit": ["exp"]}, raw(SECRET)),
    "nested": signed({"cty": "JWT"}, raw(SECRET)),
    "encrypted": "e30.e30.e30.e30.e30",
    "too early": signed({}, raw(SECRET), nbf=time.time() + 600),
    "another audience": good(audience="mail"),
    "another issuer": good(issuer="https://evil.example"),
    "no end": signed({}, raw(SECRET), exp=None),
    "an end in words": signed({}, raw(SECRET), exp="2099"),
    "an end that never comes": signed({}, raw(SECRET), exp=float("inf")),
    "no token at all": "garbage",
}


def test_each_way_to_forge_a_token_fails_on_both_ports() -> None:
    async def story() -> None:
        async with node(KEYRING, jwt_audience="notify", jwt_issuer=MEANT["issuer"]) as here:
            async with ports(here) as both:
                for key in (SECRET, private("RS256", "login"), private("ES256", "phone")):
                    assert await both.accept(good(key))
                answers = {what: await both.refuse(token) for what, token in REFUSED.items()}
                assert answers == dict.fromkeys(REFUSED, INVALID)
                assert await both.refuse(good(ttl_seconds=-60.0)) == EXPIRED
                # Over HTTP, no line of a head may be that long.
                assert await both.close(good() + "A" * MAX_TOKEN_BYTES) == INVALID[2:]

    run(story())
