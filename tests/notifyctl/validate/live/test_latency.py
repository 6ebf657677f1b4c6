"""Times as the table shows them."""

from notifyctl.validate.live.latency import Latency, table


def test_a_quantile_is_a_time_that_was_measured() -> None:
    latency = Latency("ping", tuple(n / 1000 for n in range(100, 0, -1)))

    assert latency.quantile(0.5) == 0.05
    assert latency.quantile(0.99) == 0.099
    assert Latency("ping", (0.2,)).quantile(0.99) == 0.2


def test_a_row_says_what_how_often_and_how_long() -> None:
    assert Latency("ping", (0.001, 0.002, 0.0304)).row == (
        "ping",
        "3",
        "2.0 ms",
        "30.4 ms",
        "30.4 ms",
    )


def test_what_was_not_measured_has_no_row() -> None:
    assert table([Latency("ping", ()), Latency("GET /", (0.1,))]) == [
        ("GET /", "1", "100.0 ms", "100.0 ms", "100.0 ms")
    ]
