from pathlib import Path

from loadtests.bench.loopback import listens
from loadtests.bench.stage import Stage


def test_what_was_started_on_a_stage_ends_with_it(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        server = stage.server()
        server.crash()
        server.await_ready()

    assert not listens(server.ws_port)
    assert list(tmp_path.iterdir()) == []


def test_what_a_server_has_left_can_go_earlier(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        (stage.folder / "grown").mkdir()
        stage.forget("grown")

        assert list(stage.folder.iterdir()) == []
