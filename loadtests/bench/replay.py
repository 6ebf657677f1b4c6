"""Replay: a thousand devices come back to a thousand retained events each."""

import time
from typing import Final

from loadtests.bench.figures import Figure, percentile
from loadtests.bench.schedule import keep_schedule
from loadtests.bench.seeding import seed
from loadtests.bench.server import session, token
from loadtests.bench.sink import Sink
from loadtests.bench.stage import Stage

PART: Final = "replay"
# Somebody who was never away, and how many events a second she gets.
BYSTANDER: Final = "bystander"
LIVE_RATE: Final = 50.0


def replay(
    stage: Stage, *, devices: int = 1000, events_each: int = 1000, live_events: int = 100
) -> list[Figure]:
    """How long until all devices have everything, and what a bystander notices of it."""
    seed(stage.folder / "replay", users=devices, events_each=events_each, tell=stage.tell)
    server = stage.server("replay")
    total = devices * events_each
    back = [session(token(f"user-{n}"), device="phone", after=0) for n in range(devices)]
    stamps = stage.folder / "bystander-stamps"
    stage.tell(f"{devices:,} devices return to {total:,} events")
    bystander = Sink(server.ws_port, [session(token(BYSTANDER))], stage.folder, stamps=stamps)
    with bystander, server.publisher() as line:
        bystander.await_ready()
        bystander.expect(live_events)
        cpu, began = server.process.cpu_seconds(), time.monotonic()
        with Sink(server.ws_port, back, stage.folder) as returning:
            keep_schedule(line, [BYSTANDER], rate=LIVE_RATE, events=live_events)
            returning.await_ready()
            returning.expect(total)
            ended = returning.await_reached(600.0).at
            spent = server.process.cpu_seconds() - cpu
        bystander.await_reached()
    waits = sorted((came - due) / 1000 for due, came in bystander.stamps())
    name = f"{total:,} events to {devices:,} devices"
    rows = [
        (name, "s", ended - began),
        (name, "events/s", total / (ended - began)),
        (name, "events/CPU-s", total / spent),
        ("a live event to somebody else meanwhile, p50", "ms", percentile(waits, 0.5)),
        ("a live event to somebody else meanwhile, p99", "ms", percentile(waits, 0.99)),
    ]
    return [Figure(part=PART, name=name, unit=unit, values=(value,)) for name, unit, value in rows]
