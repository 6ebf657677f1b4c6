import contextlib
from urllib.parse import parse_qsl

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest
from notifyd.http_api.route import answer
from notifyd.http_api.routes import ROUTES
from tests.support.callers import caller
from tests.support.http import call


class Query(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters of every kind."""

    after: int = 0
    unread: bool = False
    name: str | None = None


def test_query_parameters_become_what_they_stand_for() -> None:
    asked = call(query="after=7&unread=true&name=a%20b")

    assert asked.query_as(Query) == Query(after=7, unread=True, name="a b")
    assert call().query_as(Query) == Query()


@pytest.mark.parametrize(
    "query", ["after=x", "after=", "unread=maybe", "nothing=1", "after=1&after=1"]
)
def test_a_query_that_is_wrong_is_refused(query: str) -> None:
    with pytest.raises(BadRequest):
        call(query=query).query_as(Query)


@given(query=st.text())
def test_any_query_is_read_or_refused(query: str) -> None:
    with contextlib.suppress(BadRequest):
        call(query=query).query_as(Query)


def test_me_is_the_caller() -> None:
    assert call(caller("alice"), path={"user": "me"}).user == "alice"
    assert call(caller("alice"), path={"user": "bob"}).user == "bob"


@pytest.mark.parametrize("user", ["", "a\nb", "topic:x", "x" * 129])
def test_a_user_in_the_path_is_a_user_id(user: str) -> None:
    with pytest.raises(BadRequest, match="user"):
        assert call(caller("alice"), path={"user": user}).user


@given(key=st.text())
def test_an_idempotency_key_is_short_and_visible(key: str) -> None:
    try:
        assert call(headers={"Idempotency-Key": key}).idempotency_key == key
    except BadRequest:
        is_visible = key.isascii() and key.isprintable() and key == key.strip()
        assert not (is_visible and 1 <= len(key) <= 128)
    else:
        assert key.isascii()
        assert key.isprintable()


def test_without_the_header_there_is_no_key() -> None:
    assert call().idempotency_key is None


def test_an_answer_is_json() -> None:
    assert answer(Query(after=7), 202, {"X": "y"}).body == b'{"after":7,"unread":false,"name":null}'


def test_a_routes_name_is_its_method_and_path() -> None:
    assert ROUTES[0].name == "POST /v1/notifications"


@given(query=st.text(alphabet="after=&;%+_-.01fF ", max_size=80))
def test_any_query_that_is_nearly_right_is_read_or_refused(query: str) -> None:
    with contextlib.suppress(BadRequest):
        given_after = dict(parse_qsl(query)).get("after", "0")
        assert call(query=query).query_as(Query).after == int(given_after)
