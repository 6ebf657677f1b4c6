from loadtests.bench.accepts import BARE, accepts
from loadtests.bench.stage import Stage


def test_sessions_and_devices_are_compared_with_a_bare_accept_loop(stage: Stage) -> None:
    found = {figure.name: figure for figure in accepts(stage, rounds=2, sessions=5)}

    ratio = found[f"session / {BARE}"]
    ours, theirs = found["session"].values, found[BARE].values
    assert ratio.values == tuple(a / b for a, b in zip(ours, theirs, strict=True))
    assert ratio.goal is not None
    assert found["new device"].median > 0
