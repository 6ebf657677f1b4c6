from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests.bench.fanout import example, fan_out
from loadtests.bench.peers import external
from loadtests.bench.peers.external import nats, nchan, node_ws
from loadtests.bench.peers.peer import Missing, Peer
from loadtests.bench.stage import Stage

Start = Callable[[bytes, Path], Peer]


@pytest.mark.parametrize("start", [nats, nchan])
def test_a_peer_that_is_there_takes_part(start: Start, stage: Stage) -> None:
    try:
        stage.peer(start, example())
    except Missing as missing:
        pytest.skip(str(missing))

    ratio, *_ = fan_out(stage, rounds=1, receivers=3, events=2, peers=[start])
    assert ratio.median > 0


@pytest.mark.parametrize("start", [nats, nchan, node_ws])
def test_a_peer_that_is_not_there_says_so_in_one_line(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    monkeypatch.setattr(external, "NCHAN_MODULES", ())
    external._node_modules.cache_clear()

    with pytest.raises(Missing, match="not installed"):
        start(b"", tmp_path)
