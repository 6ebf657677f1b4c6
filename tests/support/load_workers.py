"""A worker of a load run without a run: for a device or a publisher alone."""

import time
from collections.abc import Callable
from typing import Any

import gevent
import msgspec

from loadtests.orders import Begin
from loadtests.spec import Spec, Target
from loadtests.worker import Worker

SECRET = "a secret of a worker in a test, 32 bytes or more"


def begin(target: Target | None = None, **options: Any) -> Begin:
    """The order to begin with all of a run: one user with one device, if nothing else is said."""
    fields = {"scenario": "delivery", "run": "0a1b2c3d", "users": 1, "connections": 1, **options}
    spec = msgspec.convert(fields, Spec)
    nowhere = Target(http_url="http://127.0.0.1:9", ws_url="ws://127.0.0.1:9/ws", secret=SECRET)
    return Begin(spec=spec, target=target or nowhere, index=0, of=1, ramp=0.0)


def worker(target: Target | None = None, **options: Any) -> Worker:
    """What devices and publishers share."""
    return Worker(begin(target, **options))


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Let the greenlets run until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        gevent.sleep(0.005)
