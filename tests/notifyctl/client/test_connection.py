import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import wraps

import pytest

from notifyctl.client import backlog, link
from notifyctl.client.connection import Client
from notifyctl.client.session import Received
from notifyctl.client.states import Connecting, Online, State, Stopped, Waiting
from notifyctl.errors import (
    BadRequest,
    Forbidden,
    KeyReused,
    NotifyError,
    TokenExpired,
    TooLarge,
    Unauthorized,
    UsageError,
)
from notifyctl.errors import Stopped as StoppedForGood
from notifyctl.wire import (
    Claim,
    CloseCode,
    Error,
    Gap,
    Hello,
    ManyPublishedOk,
    MarkRead,
    Notification,
    Ok,
    Ping,
    Publish,
    Published,
    PublishedOk,
    ReadOk,
    RefreshToken,
    Rejected,
    Retry,
    Subscribe,
    Subscribed,
    TokenAccepted,
    Unsubscribe,
)
from tests.support.fake_server import Peer, fake_server
from tests.support.frames import EPOCH, events, gap, notification, stream_state, welcome

SOON = Retry(base_ms=1, cap_ms=1)


def asynchronous(test: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    """Run a test in an event loop of its own."""

    @wraps(test)
    def run() -> None:
        asyncio.run(test())

    del run.__wrapped__  # type: ignore[attr-defined]  # pytest would look for its fixtures there
    return run
