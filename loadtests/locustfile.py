"""What a Locust process needs to be a worker of a run."""

from typing import Any

import locust
from locust.env import Environment

from loadtests.users import NotifyUser, listen

__all__ = ["NotifyUser"]


def _on_init(environment: Environment, **_: Any) -> None:
    listen(environment)


locust.events.init.add_listener(_on_init)  # type: ignore[no-untyped-call]
