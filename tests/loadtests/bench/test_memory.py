from loadtests.bench.memory import memory
from loadtests.bench.stage import Stage


def test_a_session_takes_some_memory(stage: Stage) -> None:
    ours, theirs = memory(stage, sessions=500)

    assert ours.median > 0
    assert theirs.median > 0
    assert ours.goal is not None
