"""The generator itself: is it in time, and has it time left? A slow one measures itself."""

import time
from typing import Final

import gevent

from loadtests.meter import Meter

SAMPLE_SECONDS: Final = 0.01
LAG: Final = "generator.lag"


class Generator:
    """Samples how late a short sleep ends, and how much of a core this process takes."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._spent = time.process_time()
        self._asked = time.monotonic()
        self._sampling = gevent.spawn(self._sample)

    def cpu(self) -> float:
        """The share of one core since the last time, from 0 to 1."""
        spent, asked = time.process_time(), time.monotonic()
        share = (spent - self._spent) / max(asked - self._asked, 1e-6)
        self._spent, self._asked = spent, asked
        return min(1.0, share)

    def stop(self) -> None:
        """Sample no more."""
        self._sampling.kill()

    def _sample(self) -> None:
        while True:
            began = time.monotonic()
            gevent.sleep(SAMPLE_SECONDS)
            late = time.monotonic() - began - SAMPLE_SECONDS
            self._meter.record(LAG, int(late * 1e6))
