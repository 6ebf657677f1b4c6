"""One second of a run, gathered from the reports of all processes."""

from typing import Final

from loadtests.histogram import Histogram, merged
from loadtests.lines import Tick
from loadtests.meter import WARMUP, Measured
from loadtests.orders import Report
from loadtests.usage import Usage

LENGTH: Final = 1.0


class Second:
    """What came since the second began, which may take a little longer than that."""

    def __init__(self, began: float, before: "Second | None" = None) -> None:
        self.began = began
        self.measured = Measured()
        self.lags: dict[int, Histogram] = {}
        self._spent = {} if before is None else dict(before._spent_now)
        self._spent_now: dict[int, float] = {}
        self._server_spent: float | None = None if before is None else before._server_spent

    def left(self, now: float) -> float:
        """Seconds until it is over."""
        return self.began + LENGTH - now

    def add(self, report: Report, lag: Histogram) -> None:
        """A process reported."""
        self.measured.add(report.measured)
        self._spent_now[report.index] = report.spent
        self.lags.setdefault(report.index, Histogram()).add(lag)

    def cpus(self, now: float) -> dict[int, float]:
        """Which share of a core each process took; nothing of one that was not there before."""
        seconds = now - self.began
        return {
            index: (spent - self._spent[index]) / seconds
            for index, spent in self._spent_now.items()
            if index in self._spent
        }

    def tick(
        self,
        now: float,
        server: Usage,
        *,
        number: int,
        phase: str,
        sessions: int,
        outstanding: int,
        duplicated: int,
        out_of_order: int,
    ) -> Tick:
        """The second, as people see it."""
        measured, seconds = self.measured, now - self.began
        latencies = merged(
            measured.histograms[name]
            for name in (f"{WARMUP}delivery", "delivery")
            if name in measured.histograms
        )
        return Tick(
            second=number,
            phase=phase,
            sessions=sessions,
            asked=round(measured.number("asked") / seconds, 1),
            published=round(measured.number("published") / seconds, 1),
            received=round(measured.number("received") / seconds, 1),
            p50=in_ms(latencies.quantile(0.5)),
            p90=in_ms(latencies.quantile(0.9)),
            p99=in_ms(latencies.quantile(0.99)),
            p999=in_ms(latencies.quantile(0.999)),
            max=in_ms(latencies.max if latencies.count else None),
            outstanding=outstanding,
            duplicated=duplicated,
            out_of_order=out_of_order,
            lag=max((in_ms(lag.quantile(0.99)) or 0 for lag in self.lags.values()), default=0),
            cpu=round(max(self.cpus(now).values(), default=0), 3),
            server_cpu=self._share(server.spent, seconds),
            server_rss_mb=server.resident_mb,
        )

    def _share(self, spent: float | None, seconds: float) -> float | None:
        before, self._server_spent = self._server_spent, spent
        if spent is None or before is None or spent < before:
            return None
        return round((spent - before) / seconds, 3)


def in_ms(value_us: int | None) -> float | None:
    """Microseconds as milliseconds."""
    return None if value_us is None else value_us / 1000
