"""One process's share of a run: its devices and publishers, and how they obey the run's orders."""

import gc
from math import ceil
from typing import assert_never

import gevent

from loadtests import orders
from loadtests.arrivals import arrivals, spread
from loadtests.device import Device
from loadtests.generator import Generator
from loadtests.publisher import Publisher
from loadtests.topology import seats, senders
from loadtests.worker import Worker


class Share:
    """Everybody in this process. Orders begin something and never wait for it."""

    def __init__(self, begin: orders.Begin) -> None:
        self._begin = begin
        self.worker = Worker(begin)
        self._generator = Generator(self.worker.meter)
        places = seats(begin.spec, begin.index, begin.of)
        self.devices = [Device(self.worker, seat) for seat in places]
        dues = spread(len(places), begin.ramp) if places else []
        self._free = iter(list(zip(self.devices, dues, strict=True)))
        self.publishers = [
            Publisher(self.worker, sender) for sender in senders(begin.spec, begin.index, begin.of)
        ]
        self._publishing: list[gevent.Greenlet[..., None]] = []
        self._living = [gevent.spawn(publisher.live) for publisher in self.publishers]

    def live(self) -> None:
        """Be the next device that has no greenlet yet, to its end; nobody if there is none."""
        device, due = next(self._free, (None, 0.0))
        if device is not None:
            device.live(int(due * 1e6))

    def obey(self, order: orders.AnyOrder) -> orders.Report | None:
        """Carry out an order; the report, if that is what was ordered."""
        match order:
            case orders.Begin():
                pass  # This share is what it began.
            case orders.Publish():
                self._publish(order)
            case orders.Hold():
                self._hold()
            case orders.Cut():
                for device in self.devices:
                    device.cut()
            case orders.Leave(share=part):
                self._leave(part)
            case orders.Miss():
                self._miss(order)
            case orders.Return(spread=seconds):
                self._call_back(seconds)
            case orders.Ask():
                return self._report(order)
            case orders.End():
                self._end()
            case _:
                assert_never(order)
        return None

    def _publish(self, order: orders.Publish) -> None:
        # Whoever is here stays: to look through ten thousand devices for garbage, again and again,
        # would stop everything for many milliseconds, and be measured.
        gc.collect()
        gc.freeze()
        worker = self.worker
        begin_us = worker.now_us()
        worker.measured_from_us = begin_us + int(order.warmup * 1e6)
        for publisher in self.publishers:
            dues = arrivals(
                worker.spec.arrival,
                order.rate * publisher.sender.part,
                order.seconds,
                worker.random,
            )
            # Not all of them at the same instant.
            apart_us = int(worker.random.uniform(0, 1e6 / (order.rate * publisher.sender.part)))
            self._publishing.append(gevent.spawn(publisher.keep, dues, begin_us + apart_us))

    def _miss(self, order: orders.Miss) -> None:
        """Everybody who is away gets the same number, evenly over the time."""
        away = {device.seat.user for device in self.devices if device.is_away}
        begin_us = self.worker.now_us()
        for publisher in self.publishers:
            to = [user for user in publisher.sender.addresses if user in away] * order.events
            dues = iter(spread(len(to), order.seconds))
            self._publishing.append(gevent.spawn(publisher.keep, dues, begin_us, iter(to)))

    def _hold(self) -> None:
        gevent.killall(self._publishing, block=True)
        self._publishing.clear()

    def _leave(self, part: float) -> None:
        users = sorted({device.seat.user for device in self.devices})
        going = set(self.worker.random.sample(users, ceil(len(users) * part)))
        self.worker.back.clear()
        for device in self.devices:
            if device.seat.user in going:
                device.leave()

    def _call_back(self, seconds: float) -> None:
        self.worker.back_from_us = self.worker.now_us()
        self.worker.back_spread_us = int(seconds * 1e6)
        self.worker.back.set()

    def _report(self, ask: orders.Ask) -> orders.Report:
        worker = self.worker
        self._publishing = [one for one in self._publishing if not one.ready()]
        return orders.Report(
            index=self._begin.index,
            number=ask.number,
            sessions=worker.sessions,
            away=sum(device.is_away for device in self.devices) if not worker.back.is_set() else 0,
            unanswered=sum(publisher.unanswered for publisher in self.publishers),
            is_publishing=bool(self._publishing),
            due=worker.due,
            got=worker.got,
            spent=self._generator.spent(),
            measured=worker.meter.take(),
            ledger=worker.ledger if ask.ledger else None,
            trouble=worker.trouble,
        )

    def _end(self) -> None:
        self.worker.is_over = True
        self.worker.back.set()
        self._generator.stop()
        for device in self.devices:
            device.close()
        for publisher in self.publishers:
            publisher.close()
