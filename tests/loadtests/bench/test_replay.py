from loadtests.bench.replay import replay
from loadtests.bench.stage import Stage


def test_everything_is_replayed_while_somebody_else_is_served(stage: Stage) -> None:
    found = replay(stage, devices=5, events_each=250, live_events=10)

    assert [figure.unit for figure in found] == ["s", "events/s", "events/CPU-s", "ms", "ms"]
    assert all(figure.median > 0 for figure in found)
