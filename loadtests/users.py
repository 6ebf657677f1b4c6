"""Locust's users: each is one device, and its greenlet reads that device's socket."""

from typing import Any, Final

import gevent
import msgspec
from locust import User, constant, task
from locust.env import Environment
from locust.exception import StopUser
from locust.rpc import Message
from locust.runners import MasterRunner, WorkerRunner

from loadtests.orders import Begin, decode_order
from loadtests.share import Share

ORDER: Final = "notifyctl.order"
REPORT: Final = "notifyctl.report"
READY: Final = "notifyctl.ready"

# Where each greenlet was spawned: 1 KB of every device, and nobody asks.
gevent.config.track_greenlet_tree = False

# The share of this process. Locust makes its users by itself, and tells them nothing.
_shares: list[Share] = []


class NotifyUser(User):
    """A device that receives and acknowledges, as long as the run takes."""

    wait_time = constant(0)

    @task
    def live(self) -> None:
        """Connect when that is due, and stay connected, or come back, until the run is over."""
        if _shares:
            _shares[-1].live()
        raise StopUser


def has_share() -> bool:
    """Whether this process knows already what its users do."""
    return bool(_shares)


def take_share(share: Share) -> None:
    """From now on the users of this process are those of the share."""
    _shares.append(share)


def leave_share() -> Share | None:
    """The share of this process, which has none from now on."""
    return _shares.pop() if _shares else None


def listen(environment: Environment) -> None:
    """Let this process obey the orders of a run, and report."""
    runner = environment.runner
    if runner is None or isinstance(runner, MasterRunner):
        return

    def on_order(msg: Message, **_: Any) -> None:
        order = decode_order(msg.data)
        if isinstance(order, Begin):
            take_share(Share(order))
        elif _shares:
            report = _shares[-1].obey(order)
            if report is not None:
                runner.send_message(REPORT, msgspec.json.encode(report))

    runner.register_message(ORDER, on_order)
    if isinstance(runner, WorkerRunner):
        # The master has known this process for a while; from now on it listens.
        runner.send_message(READY)
