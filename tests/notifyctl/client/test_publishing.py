from datetime import UTC, datetime
from typing import Any

import pytest

from notifyctl.client.publishing import Fields, publish_body
from notifyctl.errors import BadRequest
from notifyctl.wire import Content


def test_every_request_carries_a_key_of_its_own() -> None:
    first, second = (publish_body("alice", "Hello", None, {}) for _ in range(2))

    assert first.key
    assert first.key != second.key


def test_a_given_key_stays() -> None:
    assert publish_body("alice", "Hello", "build-17", {}).key == "build-17"


def test_fields_are_those_of_a_notification() -> None:
    assert {*Fields.__annotations__, "title"} == set(Content.__struct_fields__)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("level", "urgent", "level"),
        ("body", "x" * 5_000, "body"),
        ("category", "Not a slug", "category"),
        ("expires_at", datetime(2030, 1, 1), "expires_at"),  # noqa: DTZ001
        ("colour", "red", "colour"),
    ],
)
def test_a_field_that_is_not_valid_is_named(field: str, value: Any, named: str) -> None:
    fields: Any = {field: value}

    with pytest.raises(BadRequest, match=named):
        publish_body("alice", "Hello", None, fields)


def test_an_expiry_has_a_time_zone() -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)

    assert publish_body("alice", "Hello", None, {"expires_at": moment}).expires_at == moment
