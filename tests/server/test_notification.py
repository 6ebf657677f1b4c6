from datetime import UTC, datetime
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import Content, Publish, PublishBody, ReadBody
from notifyd.notification import fingerprint

plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
data = st.dictionaries(st.text(max_size=3), plain, max_size=5)


def test_the_same_request_has_the_same_fingerprint() -> None:
    first = PublishBody(to="alice", title="Build done", level="high")
    again = PublishBody(to="alice", title="Build done", level="high")

    assert fingerprint(first) == fingerprint(again)


def test_another_request_has_another_fingerprint() -> None:
    requests = [
        PublishBody(to="alice", title="Build done"),
        PublishBody(to="alice", title="Build failed"),
        PublishBody(to="alice", title="Build done", body=""),
        PublishBody(to="alice", title="Build done", level="normal"),
        PublishBody(to="alice", title="Build done", data={}),
        ReadBody(ids=["a"]),
        ReadBody(ids=["b"]),
        ReadBody(through=1),
    ]

    assert len({fingerprint(request) for request in requests}) == len(requests)


def test_it_is_of_the_content_not_of_who_asks_and_how() -> None:
    over_http = PublishBody(to=["alice", "bob"], title="Build done", key="k1")
    over_the_socket = Publish(id=7, to="me", title="Build done", op_id=uuid4())

    assert fingerprint(over_http) == fingerprint(over_the_socket)
    assert fingerprint(over_http) == fingerprint(Content(title="Build done"))


@given(data=data)
def test_the_order_of_fields_does_not_matter(data: dict[str, object]) -> None:
    backwards = dict(reversed(data.items()))

    assert fingerprint(Content(title="x", data=data)) == fingerprint(
        Content(title="x", data=backwards)
    )


def test_what_is_null_inside_data_counts() -> None:
    assert fingerprint(Content(title="x", data={"a": None})) != fingerprint(
        Content(title="x", data={})
    )


def test_a_different_moment_is_a_different_request() -> None:
    moments = [datetime(2027, 1, 15, hour, tzinfo=UTC) for hour in (8, 9)]

    assert len({fingerprint(Content(title="x", expires_at=moment)) for moment in moments}) == 2
