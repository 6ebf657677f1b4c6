"""The generator itself: is it in time? One that is not, measures itself and not the server."""

import time
from typing import Final

import gevent

from loadtests.meter import LAG, Meter

SAMPLE_SECONDS: Final = 0.01


class Generator:
    """Samples how late this process is for what is due every 10 ms: as late as for all the rest."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._sampling = gevent.spawn(self._sample)

    def spent(self) -> float:
        """The seconds of processor time that this process has taken so far."""
        return time.process_time()

    def stop(self) -> None:
        """Sample no more."""
        self._sampling.kill()

    def _sample(self) -> None:
        due = time.monotonic()
        while True:
            due += SAMPLE_SECONDS
            gevent.sleep(max(0.0, due - time.monotonic()))
            # Whoever stood still was late for everything that was due meanwhile, not only once.
            self._meter.record(LAG, int((time.monotonic() - due) * 1e6))
