from loadtests.bench.recovery import missing, recovery
from loadtests.bench.stage import Stage


def test_everybody_is_back_and_nothing_is_lost(stage: Stage) -> None:
    back, ports, lost = recovery(stage, sessions=10, seconds=0.2)

    assert 0 < ports.median <= back.median
    assert lost.median == 0
    assert lost.is_met
    assert lost.unit != "of 0"


def test_an_event_that_was_acknowledged_and_never_came_is_missing() -> None:
    assert missing({1, 2, 3}, [(3, 100), (1, 200), (4, 300)]) == {2}
