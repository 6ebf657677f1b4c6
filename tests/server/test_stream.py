from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import INBOX
from notifyd.stream import full_name, inbox_of, owner_of, wire_name


def test_an_inbox_is_called_inbox_by_its_owner() -> None:
    assert full_name(INBOX, "alice") == inbox_of("alice")
    assert wire_name(inbox_of("alice")) == INBOX
    assert owner_of(inbox_of("alice")) == "alice"


def test_a_topic_has_one_name_for_everybody_and_no_owner() -> None:
    assert full_name("topic:news", "alice") == "topic:news"
    assert wire_name("topic:news") == "topic:news"
    assert owner_of("topic:news") is None


@given(st.text(min_size=1))
def test_no_user_id_is_mistaken_for_a_topic_or_another_user(user: str) -> None:
    assert owner_of(inbox_of(user)) == user
    assert wire_name(inbox_of(user)) == INBOX
