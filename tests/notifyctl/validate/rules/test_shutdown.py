import pytest

from notifyctl.validate.rules.shutdown import slept_seconds
from tests.support.manifests import deployment, tree
from tests.support.validating import findings, found

OTHER = "example.org/other:1.0"
SLEEP = "lifecycle: {preStop: {sleep: {seconds: 15}}}"


def texts(rule: str, text: str, **settings: float) -> list[str]:
    return [span for _, _, span in found({"a.yaml": text}, rule, **settings)]


def test_the_grace_period_holds_pre_stop_drain_and_closing() -> None:
    grace = "terminationGracePeriodSeconds: {}"

    assert texts("K8307", deployment(SLEEP, pod=grace.format(39))) == ["39"]
    assert texts("K8307", deployment(SLEEP, pod=grace.format(40))) == []
    assert texts("K8307", deployment(SLEEP)) == ["spec"]
    assert texts("K8307", deployment()) == []
    assert texts("K8307", deployment(), drain_seconds=26) == ["spec"]


def test_the_grace_period_of_others_is_theirs() -> None:
    text = deployment(SLEEP, pod="terminationGracePeriodSeconds: 1", image=OTHER)

    assert texts("K8307", text) == []


def test_a_grace_period_that_is_filled_in_later_is_unknown() -> None:
    assert texts("K8307", deployment(SLEEP, pod="terminationGracePeriodSeconds: '${GRACE}'")) == []


@pytest.mark.parametrize(
    "drain",
    [
        "env: [{name: NOTIFYD_DRAIN_SECONDS, value: '40'}]",
        "command: [notifyctl, serve, --drain-seconds, '40']",
        "args: [serve, --drain-seconds=40]",
    ],
)
def test_the_drain_is_what_the_container_says(drain: str) -> None:
    assert texts("K8307", deployment(drain)) == ["spec"]
    assert texts("K8307", deployment(drain, pod="terminationGracePeriodSeconds: 45")) == []


@pytest.mark.parametrize(
    "env",
    [
        "envFrom: [{configMapRef: {name: limits}}]",
        "env: [{name: NOTIFYD_DRAIN_SECONDS, valueFrom: {configMapKeyRef: "
        "{name: limits, key: NOTIFYD_DRAIN_SECONDS}}}]",
    ],
)
def test_a_config_map_may_bring_the_drain(env: str) -> None:
    grace = "terminationGracePeriodSeconds: {}"
    limits = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: limits}\ndata: "
    files = {"limits.yaml": limits + '{NOTIFYD_DRAIN_SECONDS: "50"}'}
    enough = {"a.yaml": deployment(env, pod=grace.format(55))}

    short = {"a.yaml": deployment(env, pod=grace.format(54))}

    assert [place for _, _, place in found(files | short, "K8307")] == ["54"]
    assert found(files | enough, "K8307") == []


def test_the_help_is_a_number_that_suffices() -> None:
    every = findings({"a.yaml": deployment("lifecycle: {preStop: {sleep: {seconds: 12}}}")})

    (finding,) = [each for each in every if each.rule == "K8307"]

    assert finding.problem.help == "set `terminationGracePeriodSeconds: 40`"
    assert [each.span.text for each in finding.problem.related] == ["{sleep: {seconds: 12}}"]


@pytest.mark.parametrize(
    ("stop", "seconds"),
    [
        ("{sleep: {seconds: 15}}", 15),
        ("{exec: {command: [sleep, '15']}}", 15),
        ("{exec: {command: [/bin/sleep, 15s]}}", 15),
        ("{exec: {command: [/bin/sh, -c, sleep 15]}}", 15),
        ("{exec: {command: [sh, -c, 'nginx -s quit; sleep 0.5m && exit 0']}}", 30),
        ("{exec: {command: [sh, -c, 'sleep 5; sleep 10']}}", 15),
        ("{exec: {command: [/drain.sh]}}", 0),
        ("{exec: {command: [sh, -c, 'sleep $DELAY']}}", 0),
        ("{exec: {command: [nosleep, '15']}}", 0),
        ("{httpGet: {path: /stop, port: 1}}", 0),
        ("{sleep: {seconds: x}}", 0),
        ("5", 0),
    ],
)
def test_what_pre_stop_sleeps_is_read_from_its_command(stop: str, seconds: float) -> None:
    assert slept_seconds(tree(stop)) == seconds


def test_the_notification_service_waits_for_the_proxies() -> None:
    assert texts("K8308", deployment()) == ["name: notify"]
    assert texts("K8308", deployment("lifecycle: {}")) == ["lifecycle"]
    nothing = "{sleep: {seconds: 0}}"
    assert texts("K8308", deployment(f"lifecycle: {{preStop: {nothing}}}")) == [nothing]
    assert texts("K8308", deployment("lifecycle: {preStop: {exec: {command: [/x]}}}")) == []
    assert texts("K8308", deployment(image=OTHER)) == []
