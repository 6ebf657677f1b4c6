import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import BadRequest, Forbidden, NotifyError, TokenExpired, Unauthorized
from notifyctl.wire import Claim, Hello
from notifyd.auth import Verifier
from notifyd.greeting import MAX_TOPICS, greet
from tests.support.sessions import ALICE, KEY, WALL, hello, token

VERIFIER = Verifier([KEY])


def test_everybody_who_may_subscribe_follows_the_own_inbox() -> None:
    greeting = greet(hello(device="phone"), None, VERIFIER, WALL)

    assert greeting.identity.user == ALICE
    assert greeting.device == "phone"
    assert greeting.claims == {"inbox": Claim()}


def test_who_only_publishes_follows_nothing() -> None:
    frame = hello(scopes=["publish"], streams={"inbox": Claim()})

    assert greet(frame, None, VERIFIER, WALL).claims == {}


def test_the_token_of_the_frame_wins_over_the_one_of_the_headers() -> None:
    frame = Hello(token=token(user="bob"))

    assert greet(frame, token(), VERIFIER, WALL).identity.user == "bob"
    assert greet(Hello(), token(), VERIFIER, WALL).identity.user == ALICE


@pytest.mark.parametrize(
    ("frame", "error"),
    [
        (Hello(), Unauthorized),
        (Hello(token=token(ttl=-60)), TokenExpired),
        (Hello(token=token(scopes=["other"])), Forbidden),
        (hello(streams={"topic:x": Claim()}), Forbidden),
        (hello(scopes=["publish"], streams={"topic:x": Claim()}, topics=["*"]), Forbidden),
        (hello(streams={"inbox:bob": Claim()}), BadRequest),
        (hello(streams={"topic:": Claim()}), BadRequest),
        (
            hello(streams={f"topic:{n}": Claim() for n in range(MAX_TOPICS + 1)}, topics=["*"]),
            BadRequest,
        ),
    ],
)
def test_what_is_wrong_with_a_hello_is_said(frame: Hello, error: type[NotifyError]) -> None:
    with pytest.raises(error):
        greet(frame, None, VERIFIER, WALL)


@given(
    device=st.none() | st.text(max_size=70),
    streams=st.dictionaries(
        st.text(max_size=20) | st.just("inbox") | st.text(max_size=20).map("topic:{}".format),
        st.builds(Claim, epoch=st.none() | st.text(), after=st.none() | st.integers()),
    ),
)
def test_no_hello_is_too_strange(device: str | None, streams: dict[str, Claim]) -> None:
    frame = hello(device=device, streams=streams, topics=["*"])

    with contextlib.suppress(NotifyError):
        assert greet(frame, None, VERIFIER, WALL).claims.keys() == {"inbox", *streams}
