"""What runs is compared with what was asked for, in the words of the API server's status."""

import pytest

from tests.support.live_namespace import GOOD, changed, cluster_of, found_in

STATUS = "status: {observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2}"
STATE = "{name: notify, restartCount: 1, state: {running: {}}, lastState: {}}"


def test_nothing_is_said_about_a_namespace_in_which_all_is_well() -> None:
    assert found_in(cluster_of(GOOD)) == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (STATUS, STATUS.replace("observedGeneration: 3", "observedGeneration: 2"), "last change"),
        (STATUS, STATUS.replace("updatedReplicas: 2", "updatedReplicas: 1"), "1 of 2 pods"),
        (STATUS, STATUS.replace(", availableReplicas: 2", ""), "0 of 2 pods"),
        (STATE, STATE.replace("restartCount: 1", "restartCount: 5"), "was restarted 5 times"),
        (
            STATE,
            STATE.replace("running: {}", "waiting: {reason: CrashLoopBackOff}"),
            "does not start: CrashLoopBackOff",
        ),
        (
            STATE,
            STATE.replace("lastState: {}", "lastState: {terminated: {reason: OOMKilled}}"),
            "needed more memory",
        ),
    ],
)
def test_a_rollout_that_is_not_complete_is_found(old: str, new: str, message: str) -> None:
    (finding,) = found_in(cluster_of(changed((old, new))))

    assert finding.rule == "CL601"
    assert message in finding.problem.message


def test_the_place_is_in_what_the_cluster_answered() -> None:
    (finding,) = found_in(
        cluster_of(changed((STATUS, STATUS.replace("updatedReplicas: 2", "updatedReplicas: 1"))))
    )

    assert finding.span.source.name == "cluster:notify/Deployment/notify"
    assert finding.span.source.line(finding.span.begin.line).strip() == "updatedReplicas: 1"


def test_a_container_that_waits_for_a_moment_is_not_stuck() -> None:
    waiting = STATE.replace("running: {}", "waiting: {reason: ContainerCreating}")

    assert found_in(cluster_of(changed((STATE, waiting)))) == []


def test_pods_that_somebody_holds_back_are_not_missed() -> None:
    partitioned = changed(
        ("kind: Deployment", "kind: StatefulSet"),
        ("  replicas: 2\n", "  replicas: 2\n  updateStrategy: {rollingUpdate: {partition: 1}}\n"),
        ("updatedReplicas: 2, availableReplicas: 2", "updatedReplicas: 1, readyReplicas: 2"),
    )

    assert found_in(cluster_of(partitioned)) == []


@pytest.mark.parametrize(
    ("old", "new", "message", "place"),
    [
        ("ready: true", "ready: false", "no endpoint that is ready", "app: notify"),
        ("name: ws, port: 8001}", "name: wss, port: 8001}", "port `ws`", "ws"),
        ("name: ws, port: 8001}", "name: ws, port: 8081}", "leads to 8081", "ws"),
    ],
)
def test_a_service_that_leads_nowhere_is_found(
    old: str, new: str, message: str, place: str
) -> None:
    (finding,) = found_in(cluster_of(changed((old, new))))

    assert finding.rule == "CL602"
    assert message in finding.problem.message
    assert finding.span.text == place


def test_where_connections_go_is_shown_beside_it() -> None:
    (finding,) = found_in(cluster_of(changed(("name: ws, port: 8001}", "name: ws, port: 8081}"))))

    related = {each.span.source.name: each.span.text for each in finding.problem.related}
    assert related == {
        "cluster:notify/EndpointSlice/notify-x": "8081",
        "cluster:notify/Deployment/notify": "8001",
    }


@pytest.mark.parametrize(
    "changes",
    [
        (
            ("NOTIFYD_JWT_SECRET", "OTHER"),
            ("notifyd:1.4.2", "shop:1"),
            ("name: ws, containerPort", "name: x, containerPort"),
            ("8000", "9000"),
        ),
        (("  replicas: 2", "  replicas: 0"),),
        (("  selector: {app: notify}\n", ""),),
    ],
    ids=["another service", "no replicas", "no selector"],
)
def test_a_service_that_needs_no_endpoints_is_left_alone(
    changes: tuple[tuple[str, str], ...],
) -> None:
    found = found_in(cluster_of(changed(("ready: true", "ready: false"), *changes)))

    assert "CL602" not in [finding.rule for finding in found]


def test_endpoint_slices_that_may_not_be_read_are_not_judged() -> None:
    hidden = cluster_of(
        changed(("ready: true", "ready: false")), skipped={"EndpointSlice": "forbidden"}
    )

    assert found_in(hidden) == []
