"""What Locust loads: `locust -f loadtests/locustfile.py`, and the workers of `notifyctl load`.

Locust's own command shows what it knows: connections, answers and deliveries, each as a kind of
request. Whatever the ledger finds in the end counts as a failure there.
"""

import os
from argparse import ArgumentParser
from typing import Any, Final

import gevent
import locust
from locust.env import Environment
from locust.runners import MasterRunner

from loadtests import users
from loadtests.alone import TIMED, Alone, values_ms
from loadtests.users import NotifyUser
from notifyctl.cli.load_target import load_target
from notifyctl.errors import NotifyError

__all__ = ["NotifyUser"]

_KIND: Final = "WS"


def _on_options(parser: ArgumentParser) -> None:
    add = parser.add_argument_group("notifyctl").add_argument
    ws_url = os.environ.get("NOTIFYCTL_WS_URL", "")
    add("--ws-url", default=ws_url, help="Where clients connect. [beside --host]")
    add("--rate-per-user", type=float, default=1.0, help="Events a second for each user.")
    add("--most-users", type=int, default=1000, help="Most users of one process.")
    add("--i-own-this-target", action="store_true", help="Allow a server with a public address.")


def _on_init(environment: Environment, **_: Any) -> None:
    users.listen(environment)


def _on_start(environment: Environment, **_: Any) -> None:
    if isinstance(environment.runner, MasterRunner) or users.has_share():
        return  # Others do the work, or a run has given its orders.
    options = environment.parsed_options
    assert options is not None
    url = environment.host or os.environ.get("NOTIFYCTL_URL", "http://127.0.0.1:8000")
    try:
        target = load_target(url, options.ws_url or None, None, is_owned=options.i_own_this_target)
    except NotifyError as error:
        raise SystemExit(str(error)) from None
    share = Alone(target, most_users=options.most_users, rate_each=options.rate_per_user)
    users.take_share(share)
    gevent.spawn(_go_on_telling, environment, share)


def _go_on_telling(environment: Environment, share: Alone) -> None:
    while not share.worker.is_over:
        gevent.sleep(1.0)
        _tell(environment, share)


def _tell(environment: Environment, share: Alone) -> None:
    measured = share.take()
    for name in TIMED:
        for value in values_ms(measured.histogram(name)):
            environment.events.request.fire(  # type: ignore[no-untyped-call]
                request_type=_KIND,
                name=name,
                response_time=value,
                response_length=0,
                exception=None,
                context={},
            )


def _on_stopping(environment: Environment, **_: Any) -> None:
    share = users.leave_share()
    if not isinstance(share, Alone):
        return
    judgement = share.finish()
    _tell(environment, share)
    for violation in judgement.violations:
        for _times in range(violation.count):
            environment.stats.log_error(_KIND, violation.kind, str(violation))
        environment.process_exit_code = 1


locust.events.init_command_line_parser.add_listener(_on_options)  # type: ignore[no-untyped-call]
locust.events.init.add_listener(_on_init)  # type: ignore[no-untyped-call]
locust.events.test_start.add_listener(_on_start)  # type: ignore[no-untyped-call]
locust.events.test_stopping.add_listener(_on_stopping)  # type: ignore[no-untyped-call]
