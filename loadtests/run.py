"""A run under way: its phases, its seconds, and all that was measured so far."""

import time
from collections.abc import Callable
from typing import Final, Protocol

import gevent

from loadtests import lines
from loadtests.histogram import Histogram
from loadtests.ledger import Ledger
from loadtests.ledger import merged as whole_ledger
from loadtests.meter import LAG, WARMUP, Measured
from loadtests.orders import AnyOrder, End, Hold, Publish, Report
from loadtests.own_server import NotRunning, OwnServer
from loadtests.second import Second
from loadtests.spec import Spec, Target
from loadtests.topology import all_seats
from loadtests.trend import Drift, slope_per_hour
from loadtests.usage import usage

CONNECTS_PER_SECOND: Final = 500.0
CONNECT_SECONDS: Final = 30.0
LATE_SECONDS: Final = 1.0
ENDLESS: Final = 1e9
LOOK_SECONDS: Final = 0.05
BUSY_QUANTILE: Final = 0.9

Emit = Callable[[lines.AnyLine], None]


class CrewLost(RuntimeError):
    """A process of the generator ended or stopped to answer; the run cannot go on."""


class Crew(Protocol):
    """The processes that carry out the orders of a run."""

    def begin(self, spec: Spec, target: Target, ramp: float) -> None:
        """Give everybody their share, and let them connect."""

    def tell(self, order: AnyOrder) -> None:
        """Order something of everybody."""

    def ask(self, *, ledger: bool = False) -> list[Report]:
        """What everybody has to report. Raises `CrewLost`."""


class Run:
    """What scenarios are written with. Each step ends early when the run is stopped."""

    def __init__(self, spec: Spec, crew: Crew, emit: Emit, server: OwnServer | None) -> None:
        self.spec = spec
        self.server = server
        self.figures: dict[str, float] = {}
        self.measured = Measured()
        self.series: list[lines.Tick] = []
        self.is_stopped = False
        self._crew = crew
        self._emit = emit
        self._drift = Drift(spec.duration)
        self._lags: dict[int, Histogram] = {}
        self._busy: dict[int, list[float]] = {}
        self._is_measuring = False
        self._measured_from = 0.0
        self._seconds = 0.0
        self._phase = ""
        self._began = time.monotonic()
        self._second = Second(self._began, None)
        self._latest: list[Report] = []

    def stop(self) -> None:
        """Finish early, with what there is."""
        self.is_stopped = True

    def note(self, text: str) -> None:
        """Tell people something."""
        self._emit(lines.Note(text=text))

    def phase(self, name: str, seconds: float | None = None) -> None:
        """A part of the run begins."""
        self._phase = name
        self._emit(lines.Phase(name=name, seconds=seconds))

    def tell(self, order: AnyOrder) -> None:
        """Order something of everybody."""
        self._crew.tell(order)

    # What every scenario does

    def connect(self, target: Target) -> None:
        """Let all sessions come, on a schedule, and wait until they are here."""
        asked = all_seats(self.spec)
        ramp = max(1.0, asked / (CONNECTS_PER_SECOND * self.spec.processes))
        self.phase("ramp", ramp)
        self._crew.begin(self.spec, target, ramp)
        self.until(lambda: self.sessions == asked, ramp + CONNECT_SECONDS)
        self.figures["connect.achieved"] = self.sessions / asked
        if self.sessions < asked and not self.is_stopped:
            self.note(f"Of {asked:,} sessions only {self.sessions:,} were open after the ramp.")

    def publish(self, seconds: float = ENDLESS) -> None:
        """Begin to publish, for so long or until the run quiesces; what is warm counts."""
        spec = self.spec
        self._seconds = seconds
        self._measured_from = time.monotonic() + spec.warmup
        self._is_measuring = True
        self.tell(Publish(rate=spec.rate, seconds=seconds, warmup=spec.warmup))

    def steady(self) -> None:
        """The warm-up passes; then the phase begins that everything is about."""
        if self.spec.warmup:
            self.phase("warmup", self.spec.warmup)
            self.wait(self.spec.warmup)
        self.phase("steady", self.spec.duration)

    def published(self) -> None:
        """All is published: which part of it left in time?"""
        if self._seconds == ENDLESS:
            self.tell(Hold())
        self.until(self._has_published, LATE_SECONDS)
        sent, asked = self.measured.number("published"), self.measured.number("asked")
        if self.spec.arrival == "constant" and self._seconds < ENDLESS and not self.is_stopped:
            # A generator that stalls does not even come to ask.
            asked = max(asked, int(self.spec.rate * self._seconds))
        if asked:
            self.figures["rate.achieved"] = sent / asked

    def _has_published(self) -> bool:
        if any(report.is_publishing for report in self._latest):
            return False
        return self.measured.number("published") == self.measured.number("asked")

    def resumed(self) -> None:
        """Which part of all sessions that came back went on exactly where they were."""
        exactly = self.measured.number("resumed.exactly")
        if comebacks := exactly + self.measured.number("resumed.otherwise"):
            self.figures["resume.ok_ratio"] = exactly / comebacks

    def quiesce(self) -> None:
        """Publish nothing more, and wait for what is outstanding: as long as something comes."""
        self._is_measuring = False
        self.phase("quiesce", self.spec.quiesce)
        self.tell(Hold())
        before, since = (0, 0, 0), time.monotonic()
        while time.monotonic() - since < self.spec.quiesce:
            self._look()
            now = (self.unanswered, self.outstanding, all_seats(self.spec) - self.sessions)
            if not any(now):
                break
            if now != before:
                before, since = now, time.monotonic()
            gevent.sleep(LOOK_SECONDS)

    def close(self) -> Ledger:
        """End all sessions; the ledger of the whole run."""
        self.phase("judged")
        self.tell(End())
        reports = self._crew.ask(ledger=True)
        self._take(reports)
        return whole_ledger(
            self.spec.run, (report.ledger for report in reports if report.ledger is not None)
        )

    # Time

    def wait(self, seconds: float) -> None:
        """Let time pass, and look once a second."""
        deadline = time.monotonic() + seconds
        while not self.is_stopped and (left := deadline - time.monotonic()) > 0:
            gevent.sleep(min(left, self._second.left(time.monotonic()), LOOK_SECONDS))
            if self._second.left(time.monotonic()) <= 0:
                self._look()
        self._look()

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so, at most for so long; whether it is."""
        deadline = time.monotonic() + seconds
        while True:
            self._look()
            if condition():
                return True
            if self.is_stopped or time.monotonic() > deadline:
                return False
            gevent.sleep(LOOK_SECONDS)

    # What is known

    @property
    def sessions(self) -> int:
        """How many devices are connected."""
        return sum(report.sessions for report in self._latest)

    @property
    def away(self) -> int:
        """How many devices stay away, as they were told."""
        return sum(report.away for report in self._latest)

    @property
    def unanswered(self) -> int:
        """How many publishes have no final answer yet."""
        return sum(report.unanswered for report in self._latest)

    @property
    def outstanding(self) -> int:
        """How many copies of what was acknowledged have not come yet."""
        return max(0, sum(report.due - report.got for report in self._latest))

    def histograms(self) -> dict[str, Histogram]:
        """All latencies that count, and the lag of the process that was latest."""
        found = {
            name: histogram
            for name, histogram in self.measured.histograms.items()
            if not name.startswith(WARMUP)
        }
        worst = max(self._lags.values(), key=lambda lag: lag.quantile(0.99) or 0, default=None)
        return found if worst is None else {**found, LAG: worst}

    def conclude(self) -> dict[str, float]:
        """The figures of the run as a whole."""
        figures = self.figures | self._drift.figures()
        figures["generator.cpu"] = max(
            (_busy(seconds) for seconds in self._busy.values()), default=0
        )
        memory = [
            (tick.second, tick.server_rss_mb)
            for tick in self.series
            if tick.server_rss_mb is not None and tick.phase == "steady"
        ]
        if (slope := slope_per_hour(memory)) is not None:
            figures["server.memory_mb_per_hour"] = slope
        for name in ("sessions.closed", "sessions.stopped", "connect.failed", "connect.refused"):
            figures[name] = self.measured.number(name)
        return figures

    def _look(self) -> None:
        """Ask everybody; if a second is over, tell of it."""
        self._take(self._crew.ask())
        now = time.monotonic()
        if self._second.left(now) <= 0:
            self._tick(now)

    def _take(self, reports: list[Report]) -> None:
        self._latest = reports
        for report in reports:
            if report.trouble is not None:
                raise CrewLost(f"The run cannot go on: {report.trouble}.")
            lag = report.measured.histograms.pop(LAG, Histogram())
            if self._counts(time.monotonic()):
                self._lags.setdefault(report.index, Histogram()).add(lag)
            self._second.add(report, lag)
            self.measured.add(report.measured)

    def _tick(self, now: float) -> None:
        second = self._second
        tick = second.tick(
            now,
            usage(self._pid()),
            number=round(now - self._began),
            phase=self._phase,
            sessions=self.sessions,
            outstanding=self.outstanding,
            duplicated=self.measured.number("duplicated"),
            out_of_order=self.measured.number("out_of_order"),
        )
        if self._counts(now):
            self._drift.add(second.measured.histogram("delivery"), now - self._measured_from)
            for index, share in second.cpus(now).items():
                self._busy.setdefault(index, []).append(share)
        self._second = Second(now, second)
        self.series.append(tick)
        self._emit(tick)

    def _counts(self, now: float) -> bool:
        return self._is_measuring and now >= self._measured_from

    def _pid(self) -> int | None:
        try:
            return None if self.server is None else self.server.pid
        except NotRunning:
            return None  # It is down, as the scenario wants it.


def _busy(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * BUSY_QUANTILE))]
