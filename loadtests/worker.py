"""What all devices and publishers of one process share: clock, ledger, meter, tokens, counts."""

import os
import platform
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import gevent
from gevent.event import Event
from gevent.lock import BoundedSemaphore
from websockets.uri import parse_uri

from loadtests.connection import Dial, tls_context
from loadtests.fan import Fan
from loadtests.ledger import Ledger
from loadtests.meter import WARMUP, Meter
from loadtests.orders import Begin
from loadtests.spec import Target
from loadtests.stamp import Stamp
from loadtests.topology import seats
from notifyd.auth import issue
from notifyd.keys import Key, private_key, secret_key

TOKEN_SECONDS: Final = 7 * 86_400.0
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Worker:
    """One process of the run, as its devices and publishers see it."""

    def __init__(self, begin: Begin) -> None:
        spec = self.spec = begin.spec
        self.ledger = Ledger(run=spec.run)
        self.meter = Meter()
        self.clock = machine_clock()
        self.random = Random(f"{spec.run} {begin.index}")  # noqa: S311
        self.handshakes = BoundedSemaphore(spec.handshakes)
        uri = parse_uri(begin.target.ws_url)
        tls = tls_context() if uri.secure else None
        self.dial = Dial(uri=uri, compress=spec.compress, tls=tls)
        self._target = begin.target
        self._key = signing_key(begin.target)
        self._dialled = 0
        self._began = time.monotonic()

        # Counted here, because everybody adds to them.
        self.sessions = 0
        self.due = 0
        self.got = 0
        self.is_over = False
        self.measured_from_us = 0
        self.back = Event()
        self.back.set()
        self.back_from_us = 0
        self.back_spread_us = 0
        self.trouble: str | None = None
        self._devices_at = devices_at(begin)
        self._fan = Fan(spec.subscribers) if spec.scenario == "fanout" else None

    # What is counted

    def acknowledged(self, to: str, due_us: int, now_us: int) -> None:
        """A publisher was answered: the message has to come to everybody who follows."""
        self.due += self._devices_at.get(to, 0)
        self.meter.record(self._name("publish.ack", due_us), now_us - due_us)

    def arrived(self, stamp: Stamp, now_us: int, *, live: bool) -> None:
        """A message came to a device for the first time."""
        self.got += 1
        self.meter.count("received")
        took_us = stamp.latency_us(now_us, self.clock)
        if took_us is None:
            return
        if not live and self.spec.scenario in ("reconnect", "offline"):
            # Nobody was there: how long it waited was the run's doing.
            self.meter.count("backlog")
            return
        self.meter.record(self._name("delivery", stamp.due_us), took_us)
        if self._fan is not None and (whole := self._fan.took(stamp, took_us)) is not None:
            self.meter.record(self._name("fanout.last", stamp.due_us), whole.last_us)
            self.meter.record(
                self._name("fanout.skew", stamp.due_us), whole.last_us - whole.first_us
            )

    def _name(self, name: str, due_us: int) -> str:
        return name if due_us >= self.measured_from_us else f"{WARMUP}{name}"

    # Time and keys

    def now_us(self) -> int:
        """Microseconds since this process began, on a clock that only runs forward."""
        return int((time.monotonic() - self._began) * 1e6)

    def sleep_until(self, due_us: int) -> None:
        """Wait until the clock says so."""
        while (left := due_us - self.now_us()) > 0:
            gevent.sleep(left / 1e6)

    def token(self, user: str, scope: str) -> str:
        """A fresh token for a user of this run."""
        return issue(
            self._key,
            user,
            scopes=(scope,),
            topics=(f"load-{self.spec.run}-*",),
            now=time.time(),
            ttl_seconds=TOKEN_SECONDS,
            token_id=os.urandom(8).hex(),
            audience=self._target.audience,
            issuer=self._target.issuer,
        )

    def source_ip(self) -> str | None:
        """Which address of this machine to connect from: each in turn, if several were given."""
        addresses = self.spec.source_ips
        self._dialled += 1
        return addresses[self._dialled % len(addresses)] if addresses else None


def devices_at(begin: Begin) -> Counter[str]:
    """How many devices of this process follow each address."""
    found: Counter[str] = Counter()
    for seat in seats(begin.spec, begin.index, begin.of):
        found.update((seat.user, *seat.topics))
    return found


def machine_clock() -> str:
    """A name for this machine's clock since its start: times of different clocks do not compare."""
    return _BOOT.read_text()[:8] if _BOOT.exists() else platform.node()[:8]


def signing_key(target: Target) -> Key:
    """The key that tokens for the target are signed with."""
    if target.secret.startswith("-----BEGIN"):
        return private_key(target.secret)
    return secret_key(target.secret.encode())
