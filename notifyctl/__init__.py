"""notifyctl: the client library, the wire language and the command line of notifyd.

::

    from notifyctl import Client, Notification, Received

A name is loaded when it is first used, so that the command line starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from notifyctl.client.api import Api
    from notifyctl.client.connection import Client
    from notifyctl.client.cursor import Cursor
    from notifyctl.client.session import Received
    from notifyctl.errors import NotifyError
    from notifyctl.wire import BatchItem, Claim, Gap, Notification, Read

__all__ = [
    "Api",
    "BatchItem",
    "Claim",
    "Client",
    "Cursor",
    "Gap",
    "Notification",
    "NotifyError",
    "Read",
    "Received",
]

_HOMES: Final = {
    "Api": "notifyctl.client.api",
    "BatchItem": "notifyctl.wire",
    "Claim": "notifyctl.wire",
    "Client": "notifyctl.client.connection",
    "Cursor": "notifyctl.client.cursor",
    "Gap": "notifyctl.wire",
    "Notification": "notifyctl.wire",
    "NotifyError": "notifyctl.errors",
    "Read": "notifyctl.wire",
    "Received": "notifyctl.client.session",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'notifyctl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
