"""What a program says when it publishes, checked before it travels."""

from datetime import datetime
from typing import Any, TypedDict
from uuid import uuid4

import msgspec

from notifyctl.errors import BadRequest
from notifyctl.wire import Level, PublishBody
from notifyctl.wire.decoding import describe


class Fields(TypedDict, total=False):
    """What a notification may say beside its title. `expires_at` needs a time zone."""

    body: str
    category: str
    level: Level
    collapse_key: str
    url: str
    data: dict[str, Any]
    expires_at: datetime


def publish_body(to: str | list[str], title: str, key: str | None, fields: Fields) -> PublishBody:
    """A complete request; without a key it gets a new one, so that it can be repeated safely.

    Raises `BadRequest` naming the field that is not valid.
    """
    values = {
        "to": to,
        "title": title,
        "key": key or str(uuid4()),
        **fields,
    }
    try:
        return msgspec.convert(values, PublishBody)
    except msgspec.ValidationError as error:
        raise BadRequest(detail=describe(error)) from None
