from loadtests.bench.latency import figures, latency
from loadtests.bench.stage import Stage


def test_latency_is_measured_at_the_device_and_at_the_publisher(stage: Stage) -> None:
    found = {
        figure.name: figure for figure in latency(stage, rounds=1, users=5, rate=100.0, seconds=0.2)
    }

    assert sum(figure.goal is not None for figure in found.values()) == 2
    for name in ("until the device's ack", "until the publisher's ok"):
        low, high = found[f"{name}, p50"].median, found[f"{name}, max"].median
        assert 0 < low <= high


def test_percentiles_are_taken_round_by_round() -> None:
    p50, p99, most = figures("a", [[0.003, 0.001, 0.002], [0.005]])

    assert p50.values == (2.0, 5.0)
    assert p99.values == most.values == (3.0, 5.0)
