from loadtests.bench.inboxes import inboxes
from loadtests.bench.stage import Stage


def test_every_inbox_gets_its_events(stage: Stage) -> None:
    wall, cpu = inboxes(stage, rounds=2, receivers=6, batches=3)

    assert len(wall.values) == len(cpu.values) == 2
    assert wall.goal is not None
    assert min(wall.values + cpu.values) > 0
