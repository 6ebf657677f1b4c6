"""`reconnect`: everybody is cut off at once and comes back, while messages go on."""

from typing import Final

import gevent

from loadtests.orders import Cut
from loadtests.own_server import OwnServer
from loadtests.run import Run
from notifyctl.errors import UsageError

BACK_SECONDS: Final = 60.0
"""After this, whoever is not back by then does not count as somebody who comes back."""


def check(run: Run) -> None:
    """Only a server that the run has started may be ended by it. Raises `UsageError`."""
    if run.spec.cut != "rst" and run.server is None:
        problem = (
            f"a cut by {run.spec.cut} ends the server, and only a server of the run's own may be"
            " ended; leave out --target, or cut by rst."
        )
        raise UsageError(problem=problem)


def play(run: Run) -> None:
    """Cut as often as was asked, evenly over the duration; publishers never pause."""
    check(run)
    spec = run.spec
    pause = spec.duration / (spec.cuts + 1)
    run.publish()
    run.steady()
    run.wait(pause)
    for number in range(spec.cuts):
        if run.is_stopped:
            break
        run.phase("cut" if spec.cuts == 1 else f"cut {number + 1} of {spec.cuts}")
        _cut(run)
        run.phase("steady", pause)
        run.wait(pause)
    run.published()
    _figures(run)


def _cut(run: Run) -> None:
    asked = run.sessions
    before = run.measured.histogram("reconnect").count
    server = run.server
    if run.spec.cut == "rst" or server is None:
        run.tell(Cut())
    else:
        restart = _killed if run.spec.cut == "kill" else _drained
        restarting = gevent.spawn(restart, server)
        run.until(restarting.ready, BACK_SECONDS)
        restarting.get()

    def is_back() -> bool:
        return run.measured.histogram("reconnect").count - before >= asked

    if not run.until(is_back, BACK_SECONDS + run.spec.spread) and not run.is_stopped:
        missing = asked - run.measured.histogram("reconnect").count + before
        run.note(f"{missing:,} of {asked:,} sessions did not come back in time.")


def _killed(server: OwnServer) -> None:
    server.kill()
    server.start()


def _drained(server: OwnServer) -> None:
    server.drain()
    server.wait()
    server.start()


def _figures(run: Run) -> None:
    measured = run.measured
    run.figures["reconnect.refused"] = measured.number("connect.refused")
    run.resumed()
