"""`python -m loadtests.runner`: reads a spec on its input, plays it, and tells it line by line.

Locust replaces parts of Python's library in the process that imports it, so it lives in this
process and not in that of `notifyctl`. What goes wrong is a line, too.
"""

import logging
import os
import platform
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import gevent
import locust  # noqa: F401  # isort: split - before ours: it replaces parts of the library
import msgspec

from loadtests import lines
from loadtests.crew import LocustCrew
from loadtests.judgement import Judgement, judge
from loadtests.limits import allow_files, check_ports
from loadtests.own_server import NotRunning, OwnServer
from loadtests.preflight import Unready, preflight
from loadtests.run import CrewLost, Run
from loadtests.scenarios import delivery, fanout, offline, reconnect
from loadtests.spec import Scenario, Spec
from loadtests.topology import all_seats
from notifyctl.errors import UsageError

FAILED: Final = 1
SCENARIOS: Final[Mapping[Scenario, Callable[[Run], None]]] = {
    "delivery": delivery.play,
    "reconnect": reconnect.play,
    "offline": offline.play,
    "fanout": fanout.play,
}


def main() -> int:
    """Play what stands on the input; 0 if it came to a result."""
    logging.basicConfig(level=logging.ERROR)
    # Locust finds our arrivals too fast; they are on a schedule of their own.
    logging.getLogger("locust").setLevel(logging.CRITICAL)
    try:
        spec = msgspec.json.decode(sys.stdin.buffer.read(), type=Spec)
    except msgspec.DecodeError as error:
        emit(lines.Failed(reason=f"The spec cannot be read: {error}."))
        return FAILED
    try:
        emit(play(spec))
    except (CrewLost, NotRunning, OSError, Unready, UsageError) as error:
        emit(lines.Failed(reason=str(error)))
        return FAILED
    return 0


def play(spec: Spec) -> lines.Result:
    """One run from its begin to its judgement; whatever it starts ends with it."""
    with ExitStack() as ending:
        server = None
        if spec.target is None:
            folder = Path(ending.enter_context(TemporaryDirectory(prefix="notifyctl-load-")))
            server = ending.enter_context(OwnServer(folder, settings=OWN_SETTINGS))
        target = spec.target or (server.target if server else None)
        assert target is not None
        emit(lines.Phase(name="preflight"))
        allow_files(all_seats(spec) // spec.processes + 1)
        check_ports(all_seats(spec), max(1, len(spec.source_ips)))
        preflight(target)
        crew = ending.enter_context(LocustCrew(spec.processes, spec.bind))
        run = Run(spec, crew, emit, server)
        _obey_signals(run)
        run.connect(target)
        SCENARIOS[spec.scenario](run)
        run.quiesce()
        return conclude(run, judge(run.close()))


# Short, so that a drain is an event of a run and not its whole length. Most sessions a user has.
OWN_SETTINGS: Final = {"NOTIFYD_DRAIN_SECONDS": "5", "NOTIFYD_MAX_SESSIONS_PER_USER": "1000000"}


def conclude(run: Run, judgement: Judgement) -> lines.Result:
    """All that was found."""
    counted = msgspec.structs.asdict(judgement.figures)
    return lines.Result(
        histograms=run.histograms(),
        figures={**run.conclude(), **counted},
        judgement=msgspec.to_builtins(judgement),
        series=run.series,
        environment=environment(run),
        partial=run.is_stopped,
    )


def environment(run: Run) -> dict[str, Any]:
    """Where it ran, and with what."""
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "processes": run.spec.processes,
        "own_server": run.server is not None,
        **{name: version(name) for name in ("notifyctl", "locust", "gevent", "websockets")},
    }


def emit(line: lines.AnyLine) -> None:
    """Tell it to whoever reads the output."""
    sys.stdout.buffer.write(msgspec.json.encode(line) + b"\n")
    sys.stdout.buffer.flush()


def _obey_signals(run: Run) -> None:
    """The first Ctrl-C finishes early, the next one at once; so does being terminated."""
    playing = gevent.getcurrent()

    def interrupted() -> None:
        if run.is_stopped:
            gevent.kill(playing, SystemExit(128 + signal.SIGINT))
        run.stop()

    gevent.signal_handler(signal.SIGINT, interrupted)
    gevent.signal_handler(
        signal.SIGTERM, lambda: gevent.kill(playing, SystemExit(128 + signal.SIGTERM))
    )


if __name__ == "__main__":
    sys.exit(main())
