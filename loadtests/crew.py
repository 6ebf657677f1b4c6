"""The processes of a run, as Locust drives them: this one alone, or workers under a master."""

import os
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Self

import gevent
import locust
import msgspec
from locust.env import Environment
from locust.rpc import Message

from loadtests import users
from loadtests.bench.loopback import LOOPBACK, free_port
from loadtests.joining import PORT, worker_command
from loadtests.orders import AnyOrder, Ask, Begin, Report, decode_report
from loadtests.run import CrewLost
from loadtests.spec import Spec, Target
from loadtests.topology import most_seats

START_SECONDS: Final = 60.0
JOIN_SECONDS: Final = 240.0
"""How long other machines may take to join: they may have to fetch an image first."""
ANSWER_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0


class LocustCrew:
    """A crew of so many processes; whatever was started ends with the block."""

    def __init__(self, processes: int, bind: str | None = None) -> None:
        self._processes = processes
        self._start_seconds = START_SECONDS if bind is None else JOIN_SECONDS
        self._workers: list[subprocess.Popen[bytes]] = []
        self._reports: list[Report] = []
        self._number = 0
        self._environment = Environment(
            user_classes=[users.NotifyUser], events=locust.events, stop_timeout=0
        )
        self._clients: list[str | None] = []
        if bind is not None:
            self._runner: Any = self._environment.create_master_runner(bind, PORT)
        elif processes == 1:
            self._runner = self._environment.create_local_runner()
            self._clients.append(None)
            users.listen(self._environment)
        else:
            port = free_port()
            self._runner = self._environment.create_master_runner(LOOPBACK, port)
            self._workers = [_worker(port) for _ in range(processes)]
        self._runner.register_message(users.READY, self._on_ready)
        self._runner.register_message(users.REPORT, self._on_report)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._runner.quit()
        for worker in self._workers:
            _end(worker)

    def begin(self, spec: Spec, target: Target, ramp: float) -> None:
        """Give everybody their share, and let them connect."""
        self._await(lambda: len(self._clients) == self._processes, self._start_seconds)
        for index, client in enumerate(self._clients):
            begin = Begin(spec=spec, target=target, index=index, of=self._processes, ramp=ramp)
            self._runner.send_message(users.ORDER, msgspec.json.encode(begin), client)
        # They connect on a schedule of their own; Locust would do it in steps of a second.
        count = most_seats(spec) * self._processes
        gevent.spawn(self._runner.start, count, float(count))

    def tell(self, order: AnyOrder) -> None:
        """Order something of everybody."""
        for client in self._clients:
            self._runner.send_message(users.ORDER, msgspec.json.encode(order), client)

    def ask(self, *, ledger: bool = False) -> list[Report]:
        """What everybody has to report. Raises `CrewLost`."""
        self._number += 1
        self._reports = []
        self.tell(Ask(number=self._number, ledger=ledger))
        self._await(lambda: len(self._reports) == self._processes, ANSWER_SECONDS)
        return self._reports

    def _on_ready(self, msg: Message, **_: Any) -> None:
        self._clients.append(msg.node_id)

    def _on_report(self, msg: Message, **_: Any) -> None:
        report = decode_report(msg.data)
        if report.number == self._number:
            self._reports.append(report)

    def _await(self, condition: Callable[[], bool], seconds: float) -> None:
        with gevent.Timeout(seconds, CrewLost("A process of the generator does not answer.")):
            while not condition():
                for worker in self._workers:
                    if worker.poll() is not None:
                        raise CrewLost(f"A process of the generator ended ({worker.returncode}).")
                gevent.sleep(0.002)


def _worker(port: int) -> subprocess.Popen[bytes]:
    # What this process imports from, the workers do, too; a locustfile is no package.
    paths = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(  # noqa: S603
        worker_command(LOOPBACK, port),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": paths},
        start_new_session=True,  # Ctrl-C ends the run, which then ends its workers.
    )


def _end(worker: subprocess.Popen[bytes]) -> None:
    try:
        worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
