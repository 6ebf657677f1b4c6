"""Names on the wire: users, topics, streams, devices, and the time format."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

# A client names its streams `inbox` and `topic:<name>`; whose inbox, the token says.
INBOX: Final = "inbox"
TOPIC: Final = "topic:"
ME: Final = "me"

SUBPROTOCOL: Final = "notify.v1"
MAX_FRAME: Final = 64 * 1024

# What a schema can say of a name; `is_name` also counts its bytes.
NAME_PATTERN: Final = r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,128}"

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_DEVICE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MAX_NAME_BYTES: Final = 128


def is_name(name: str) -> bool:
    """Whether `name` can be a user id or a topic name: 1-128 bytes of UTF-8, nothing invisible."""
    if _CONTROL.search(name):
        return False
    try:
        return 1 <= len(name.encode()) <= _MAX_NAME_BYTES
    except UnicodeEncodeError:  # Half a surrogate pair is no text.
        return False


def is_user(name: str) -> bool:
    """Whether `name` can be a user id: a name that stands for nobody and nothing else."""
    return is_name(name) and name != ME and not name.startswith(TOPIC)


def is_topic(stream: str) -> bool:
    """Whether `stream` is a well-formed `topic:<name>`."""
    return stream.startswith(TOPIC) and is_name(stream[len(TOPIC) :])


def is_device(name: str) -> bool:
    """Whether `name` can be a device name: 1-64 letters, digits, dots, underscores, dashes."""
    return _DEVICE.fullmatch(name) is not None


@lru_cache(maxsize=16)  # All events of a batch happen at the same time.
def timestamp(now: float) -> str:
    """Seconds since 1970 as RFC 3339 in UTC with milliseconds: `2026-11-22T10:00:07.042Z`."""
    moment = datetime.fromtimestamp(now, UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"
