import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from multidict import CIMultiDict

from notifyctl.errors import BadRequest, NotFound
from notifyctl.wire import TokenAnswer
from notifyd.auth import Identity, Verifier
from notifyd.http_api.dev_token import dev_token
from notifyd.settings import Settings
from tests.support.http import api, bare_node, call
from tests.support.nodes import KEY, node, run

LOCAL = {"Host": "127.0.0.1:8000"}


async def asked(
    headers: Mapping[str, str] = LOCAL,
    *,
    peer: str = "127.0.0.1",
    body: Any = None,
    **node: Any,
) -> Identity:
    """Whom the token is for that a request gets."""
    request = call(
        headers=CIMultiDict(headers),
        peer=peer,
        body=b"" if body is None else msgspec.json.encode(body),
    )
    answer = await dev_token(bare_node(**node), request)
    assert answer.status == 201
    assert answer.headers["Cache-Control"] == "no-store"
    given = msgspec.json.decode(answer.body, type=TokenAnswer)
    assert given.expires_in_ms == 3_600_000
    return Verifier([KEY]).verify(given.token, time.time())


def test_a_curl_on_the_same_machine_gets_a_token_to_try_things_with() -> None:
    identity = run(asked())

    assert identity.user == "alice"
    assert identity.scopes == {"subscribe", "publish"}
    assert identity.topics == ("*",)
    assert 3590 < identity.expires_at - time.time() <= 3600


def test_user_and_scope_can_be_chosen() -> None:
    identity = run(asked(body={"user": "bob", "scope": "admin"}))

    assert (identity.user, [*identity.scopes]) == ("bob", ["admin"])


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:8000"},
        {"Host": "[::1]:8000"},
        {"Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_the_server_is_known_by_every_name_of_this_machine(headers: dict[str, str]) -> None:
    assert run(asked(headers)).user == "alice"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "notify.example.org"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "["},
        LOCAL | {"Origin": "http://127.0.0.1:3000"},
        LOCAL | {"Origin": "https://127.0.0.1:8000"},
        LOCAL | {"Origin": "http://evil.example"},
        LOCAL | {"Origin": "null"},
        LOCAL | {"X-Forwarded-For": "203.0.113.7"},
        LOCAL | {"forwarded": "for=203.0.113.7"},
        LOCAL | {"Via": "1.1 proxy"},
    ],
)
def test_any_sign_of_another_machine_finds_no_such_page(headers: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        run(asked(headers))


@pytest.mark.parametrize("peer", ["192.0.2.1", "10.0.0.1", "", "::ffff:192.0.2.1", "unix"])
def test_another_machine_finds_no_such_page(peer: str) -> None:
    with pytest.raises(NotFound):
        run(asked(peer=peer))


def test_a_server_with_a_secret_of_its_own_has_no_such_page() -> None:
    with pytest.raises(NotFound):
        run(asked(dev_key=None))


def test_a_server_that_others_can_reach_has_no_such_page() -> None:
    with pytest.raises(NotFound):
        run(asked(settings=Settings(host="0.0.0.0")))


@pytest.mark.parametrize(
    "body",
    [
        {"user": "me"},
        {"user": "topic:x"},
        {"user": "a\nb"},
        {"user": ""},
        {"scope": "root"},
        {"scope": ""},
        {"users": "alice"},
    ],
)
def test_what_no_token_can_say_is_refused(body: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        run(asked(body=body))


def test_the_page_that_is_not_there_looks_like_any_other() -> None:
    async def story() -> None:
        async with api(host="127.0.0.1") as client:
            there = await client.ask("POST", "/v1/dev/token")
            assert there.status == 201
            assert "token" in msgspec.json.decode(there.body)
            missing = await client.ask(
                "POST", "/v1/dev/token", headers={"Host": "notify.example.org"}
            )
            unknown = await client.ask("POST", "/v1/dev/tokens")
            assert missing.body.replace(b"token;", b"tokens;") == unknown.body

    run(story())


@pytest.mark.parametrize(("version", "status"), [(b"1.0", b"404"), (b"1.1", b"201")])
def test_what_a_proxy_forwards_without_a_word_finds_no_such_page(
    version: bytes, status: bytes
) -> None:
    async def story() -> None:
        async with node() as here:
            host, port = here.http_url.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            # As nginx does it: its own address as `Host`, and nothing that tells of the client.
            writer.write(
                b"POST /v1/dev/token HTTP/%b\r\nHost: %b:%b\r\nConnection: close\r\n"
                b"Content-Length: 0\r\n\r\n" % (version, host.encode(), port.encode())
            )
            line = await reader.readline()
            assert line.split()[1] == status
            writer.close()

    run(story())
