from pathlib import Path

import jwt
import pytest

from loadtests.spec import Target
from loadtests.stamp import Stamp
from loadtests.worker import Worker, machine_clock, signing_key
from tests.support.key_pairs import key_pair
from tests.support.load_workers import SECRET, worker


def stamp(one: Worker, due_us: int, seq: int = 1, to: str = "load-0a1b2c3d-u0") -> Stamp:
    return Stamp(run="0a1b2c3d", publisher="p", to=to, seq=seq, due_us=due_us, clock=one.clock)


def test_what_was_due_before_all_was_warm_is_not_judged() -> None:
    one = worker()
    one.measured_from_us = 1000
    one.arrived(stamp(one, due_us=999), now_us=1500, live=True)
    one.arrived(stamp(one, due_us=1000), now_us=1700, live=True)
    one.acknowledged("load-0a1b2c3d-u0", due_us=1000, now_us=1200)
    measured = one.meter.take()

    assert measured.histogram("warmup.delivery").max == 501
    assert measured.histogram("delivery").max == 700
    assert measured.histogram("publish.ack").max == 200
    assert (one.due, one.got) == (1, 2)


def test_what_is_acknowledged_has_to_come_to_every_device() -> None:
    one = worker(users=2, connections=5)
    one.acknowledged("load-0a1b2c3d-u0", due_us=0, now_us=1)
    one.acknowledged("load-0a1b2c3d-u1", due_us=0, now_us=1)
    one.acknowledged("somebody else", due_us=0, now_us=1)

    assert one.due == 3 + 2


@pytest.mark.parametrize(("scenario", "counts"), [("delivery", 1), ("reconnect", 0)])
def test_how_long_a_message_waited_for_a_device_is_the_servers_doing_or_the_runs(
    scenario: str, counts: int
) -> None:
    one = worker(scenario=scenario)
    one.arrived(stamp(one, due_us=0), now_us=5_000_000, live=False)

    assert one.meter.take().histogram("delivery").count == counts
    assert one.got == 1


def test_a_message_to_many_has_a_last_copy() -> None:
    one = worker(scenario="fanout", topics=1, subscribers=2)
    for took in (300, 900):
        one.arrived(stamp(one, due_us=0, to="topic:x"), now_us=took, live=True)
    measured = one.meter.take()

    assert measured.histogram("fanout.last").max == 900
    assert measured.histogram("fanout.skew").max == 600


def test_another_machines_clock_measures_nothing() -> None:
    one = worker()
    foreign = Stamp(run="0a1b2c3d", publisher="p", to="u", seq=1, due_us=0, clock="another")
    one.arrived(foreign, now_us=500, live=True)

    assert one.meter.take().histogram("delivery").count == 0
    assert one.got == 1


def test_a_token_allows_what_the_run_needs_and_no_more() -> None:
    claims = jwt.decode(worker().token("ann", "subscribe"), SECRET, algorithms=["HS256"])

    assert claims["sub"] == "ann"
    assert claims["scope"] == "subscribe"
    assert claims["topics"] == ["load-0a1b2c3d-*"]


def test_a_private_key_signs_as_well_as_a_secret() -> None:
    urls = {"http_url": "http://h", "ws_url": "ws://h"}

    assert signing_key(Target(secret=key_pair("ES256")[0], **urls)).algorithms != ("HS256",)
    assert "HS256" in signing_key(Target(secret=SECRET, **urls)).algorithms


def test_connections_come_from_every_address_that_was_given() -> None:
    several = worker(source_ips=["127.0.0.2", "127.0.0.3"])

    assert {several.source_ip() for _ in range(4)} == {"127.0.0.2", "127.0.0.3"}
    assert worker().source_ip() is None


def test_the_clock_of_a_machine_has_one_name() -> None:
    assert machine_clock() == machine_clock()
    assert Path("/proc/sys/kernel/random/boot_id").read_text().startswith(machine_clock())
