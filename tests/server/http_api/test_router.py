import contextlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest, MethodNotAllowed, NotFound
from notifyd.http_api.node import Node
from notifyd.http_api.route import Answer, Call, Route
from notifyd.http_api.router import Router


async def nothing(_node: Node, _call: Call) -> Answer:
    return Answer(b"")


def route(method: str, path: str) -> Route:
    assert method in {"GET", "POST"}
    return Route(
        method="GET" if method == "GET" else "POST",
        path=path,
        access="open",
        handler=nothing,
        summary="",
        answers={},
    )


READ, WRITE, PAGE = route("GET", "/a"), route("POST", "/a"), route("GET", "/u/{user}/page")
ROUTER = Router([READ, WRITE, PAGE])


def test_a_route_is_found_by_method_and_path() -> None:
    assert ROUTER.find("GET", "/a") == (READ, {})
    assert ROUTER.find("POST", "/a") == (WRITE, {})
    assert ROUTER.find("GET", "/u/alice/page") == (PAGE, {"user": "alice"})


def test_head_is_answered_as_get() -> None:
    assert ROUTER.find("HEAD", "/a") == (READ, {})


@pytest.mark.parametrize(
    "path", ["", "/", "/a/", "/A", "a", "*", "/u//page", "/u/x/y/page", "/u/x"]
)
def test_any_other_path_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        ROUTER.find("GET", path)


@pytest.mark.parametrize(("method", "path"), [("PUT", "/a"), ("POST", "/u/x/page"), ("get", "/a")])
def test_another_method_is_told_which_ones_there_are(method: str, path: str) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        ROUTER.find(method, path)

    assert refused.value.details["allowed"] == ROUTER.allowed(path)


def test_the_allowed_methods_are_those_of_the_path() -> None:
    assert ROUTER.allowed("/a") == "GET, POST, HEAD, OPTIONS"
    assert Router([WRITE]).allowed("/a") == "POST, OPTIONS"
    with pytest.raises(NotFound):
        ROUTER.allowed("/b")


@given(user=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_fits_into_a_path(user: str) -> None:
    assert ROUTER.find("GET", f"/u/{quote(user, safe='')}/page") == (PAGE, {"user": user})


@given(path=st.text())
def test_any_path_is_found_or_not(path: str) -> None:
    with contextlib.suppress(NotFound, MethodNotAllowed, BadRequest):
        ROUTER.find("GET", path)


def test_what_is_no_utf_8_is_named() -> None:
    with pytest.raises(BadRequest, match="user"):
        ROUTER.find("GET", "/u/%ff/page")


@given(name=st.binary(min_size=1, max_size=40), rest=st.text(alphabet="%aF0/?#.", max_size=40))
def test_any_escape_is_text_or_refused(name: bytes, rest: str) -> None:
    escaped = "".join(f"%{byte:02x}" for byte in name)
    with contextlib.suppress(NotFound, BadRequest):
        _, parameters = ROUTER.find("GET", f"/u/{escaped}{rest}/page")
        assert parameters["user"].encode().startswith(name)
