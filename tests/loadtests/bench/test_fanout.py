from pathlib import Path

from loadtests.bench.fanout import FLOOR, PEERS, RECEIVERS, example, fan_out
from loadtests.bench.peers.peer import Missing, Peer
from loadtests.bench.stage import Stage
from notifyctl import wire


def gone(_text: bytes, _folder: Path) -> Peer:
    raise Missing("a peer: not installed")


def test_everybody_sends_what_notifyd_sends() -> None:
    frame = wire.decode_server(example())

    assert isinstance(frame, wire.Events)
    assert 170 <= len(wire.encode(frame.events[0])) < 180


def test_every_peer_that_is_there_is_compared_in_every_round(stage: Stage) -> None:
    found = fan_out(stage, rounds=2, receivers=5, events=3, peers=(*PEERS[:2], gone))

    names = [figure.name for figure in found]
    assert names == [
        f"notifyd / {FLOOR}",
        "notifyd / websockets.broadcast",
        "notifyd",
        FLOOR,
        "websockets.broadcast",
        RECEIVERS,
    ]
    assert all(len(figure.values) == 2 and min(figure.values) > 0 for figure in found)
    assert [figure.goal is not None for figure in found] == [True, True, *[False] * 4]
    assert stage.absent == ["a peer: not installed"]
