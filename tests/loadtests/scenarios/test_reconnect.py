import pytest

from tests.support.faulty_server import faulty_server
from tests.support.load_runs import counted, load_run, played


@pytest.mark.parametrize("cut", ["rst", "drain", "kill"])
def test_nothing_is_lost_however_everybody_is_cut_off(cut: str) -> None:
    result = played(scenario="reconnect", cut=cut, come_back="immediate", duration=1)

    found = counted(result)
    assert found.attempted == found.acknowledged > 0
    assert found.received == found.expected == 2 * found.attempted
    assert (found.lost, found.duplicated, found.out_of_order, found.skipped) == (0, 0, 0, 0)
    assert found.devices_at_end == 40
    assert result.histograms["reconnect"].count == 40
    assert result.figures["resume.ok_ratio"] == 1.0
    # By a reset the run itself ends the sessions; otherwise it was the server.
    assert result.figures["sessions.closed"] == (0 if cut == "rst" else 40)


def test_as_many_cuts_as_were_asked() -> None:
    with load_run(scenario="reconnect", cuts=2, come_back="immediate", duration=1) as run:
        result = run.result()
        phases = run.phases()

    assert [name for name in phases if "cut" in name] == ["cut 1 of 2", "cut 2 of 2"]
    assert result.histograms["reconnect"].count == 80


def test_nobody_elses_server_is_ended() -> None:
    with faulty_server() as server:
        with load_run(scenario="reconnect", cut="kill", target=server.target) as run:
            reason = run.failure()

    assert "leave out --target, or cut by rst" in reason
