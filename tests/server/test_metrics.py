import re

import pytest

from notifyctl.errors import StoreUnavailable
from notifyd.metrics import SECONDS, Metrics


def figure(metrics: Metrics, name: str) -> float | None:
    """A figure as the text says it; None when the text does not name it."""
    match = re.search(rf"^{re.escape(name)} (\S+)$", metrics.text().decode(), re.MULTILINE)
    return None if match is None else float(match[1])


def test_sessions_and_connections_rise_and_fall() -> None:
    metrics = Metrics()
    metrics.connection_opened()
    metrics.connection_opened()
    metrics.session_opened()

    assert figure(metrics, "notifyd_connections") == 2
    assert figure(metrics, "notifyd_sessions") == 1

    metrics.session_closed(4401)
    metrics.connection_closed()

    assert figure(metrics, "notifyd_connections") == 1
    assert figure(metrics, "notifyd_sessions") == 0
    assert figure(metrics, 'notifyd_closes_total{code="4401"}') == 1


def test_events_are_counted_by_stage() -> None:
    metrics = Metrics()
    metrics.published(3)
    metrics.sent(5)
    metrics.replayed(7)
    metrics.acknowledged([0.1, 0.2])

    for stage, count in {"published": 3, "sent": 5, "replayed": 7, "acknowledged": 2}.items():
        assert figure(metrics, f'notifyd_events_total{{stage="{stage}"}}') == count
        assert metrics.events(stage) == count


def test_every_stage_is_there_before_the_first_event() -> None:
    assert figure(Metrics(), 'notifyd_events_total{stage="acknowledged"}') == 0


def test_latencies_fall_into_buckets_from_half_a_millisecond_to_half_a_minute() -> None:
    metrics = Metrics()
    metrics.committed(0.0004)
    metrics.committed(0.003)
    metrics.acknowledged([0.003, 31.0])

    commit, ack = "notifyd_publish_commit_seconds", "notifyd_publish_ack_seconds"
    assert figure(metrics, f'{commit}_bucket{{le="0.0005"}}') == 1
    assert figure(metrics, f'{commit}_bucket{{le="0.005"}}') == 2
    assert figure(metrics, f'{ack}_bucket{{le="30.0"}}') == 1
    assert figure(metrics, f"{ack}_count") == 2
    assert (SECONDS[0], SECONDS[-1]) == (0.0005, 30.0)


def test_the_queue_is_measured_only_when_somebody_looks() -> None:
    asked = []

    def queue_bytes() -> int:
        asked.append(1)
        return 42

    metrics = Metrics()
    metrics.queue_bytes = queue_bytes
    metrics.sent(1)
    assert asked == []

    assert figure(metrics, "notifyd_queue_bytes") == 42
    assert asked == [1]


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ('notifyd_gaps_total{reason="retention"}', lambda metrics: metrics.gap("retention")),
        ('notifyd_refused_total{reason="403"}', lambda metrics: metrics.refused("403")),
        (
            'notifyd_http_requests_total{route="GET /healthz",status="200"}',
            lambda metrics: metrics.http_request("GET /healthz", 200),
        ),
        (
            'notifyd_cursors_lost_total{code="store_unavailable"}',
            lambda metrics: metrics.cursors_lost(StoreUnavailable(reason="full"), 1),
        ),
    ],
)
def test_what_goes_wrong_is_counted_by_its_reason(name: str, call: object) -> None:
    metrics = Metrics()
    assert callable(call)
    call(metrics)
    call(metrics)

    assert figure(metrics, name) == 2


def test_two_servers_in_one_process_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.published(1)

    assert other.events("published") == 0


def test_the_process_itself_is_measured() -> None:
    assert figure(Metrics(), "process_open_fds")


def test_no_figure_is_there_twice_as_a_time_of_creation() -> None:
    assert b"_created" not in Metrics().text()


def test_a_client_cannot_invent_close_codes() -> None:
    metrics = Metrics()

    for code in (1000, 4402, 3000, 4999):
        metrics.session_closed(code)

    text = metrics.text().decode()
    assert 'notifyd_closes_total{code="4402"} 1.0' in text
    assert 'notifyd_closes_total{code="other"} 2.0' in text
    assert "4999" not in text
