import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import deployment, pod
from tests.support.validating import findings

OTHER = "example.org/other:1.0"
HARD = (
    "securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true,"
    " capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}"
)
NO_TOKEN = "automountServiceAccountToken: false"


def seen(rule: str, text: str, **settings: str) -> list[tuple[str, Severity]]:
    every = findings({"a.yaml": text}, **settings)
    return [(each.span.text, each.severity) for each in every if each.rule == rule]


@pytest.mark.parametrize(
    "text",
    [
        pod("securityContext: {runAsNonRoot: true}"),
        pod("securityContext: {runAsUser: 10001}"),
        pod(spec="securityContext: {runAsNonRoot: true}"),
        pod(spec="securityContext: {runAsUser: 10001}"),
        pod("securityContext: {runAsUser: 1}", spec="securityContext: {runAsUser: 0}"),
        pod("securityContext: {runAsUser: '${USER}'}"),
        pod(spec="os: {name: windows}"),
        pod(spec="nodeSelector: {kubernetes.io/os: windows}"),
    ],
)
def test_a_container_that_cannot_be_root(text: str) -> None:
    assert seen("K8313", text) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (pod(), "name: notify"),
        (pod("securityContext: {runAsUser: 0}"), "0"),
        (pod("securityContext: {runAsNonRoot: false}"), "false"),
        (pod("securityContext: {runAsUser: 0}", spec="securityContext: {runAsUser: 5}"), "0"),
        (pod(spec="securityContext: {fsGroup: 5}"), "name: notify"),
    ],
)
def test_a_container_that_can_be_root(text: str, place: str) -> None:
    assert seen("K8313", text) == [(place, Severity.ERROR)]


def test_whether_others_are_root_is_asked_in_production() -> None:
    assert seen("K8313", pod(image=OTHER)) == []
    assert seen("K8313", pod(image=OTHER), profile="production") == [
        ("name: notify", Severity.WARNING)
    ]


def test_a_root_that_nobody_forbids_is_no_contradiction() -> None:
    assert seen("K8313", pod("securityContext: {runAsUser: 0}", image=OTHER)) == []


def test_who_must_not_be_root_and_is_never_starts() -> None:
    text = pod("securityContext: {runAsNonRoot: true, runAsUser: 0}", image=OTHER)

    assert seen("K8313", text) == [("0", Severity.ERROR)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (pod("securityContext: {privileged: true}"), "true"),
        (pod("securityContext: {capabilities: {add: [NET_ADMIN, SYS_ADMIN]}}"), "SYS_ADMIN"),
        (pod("ports: [{containerPort: 1, hostPort: 80}]"), "80"),
        (pod(spec="hostPID: true"), "true"),
        (pod(spec="hostIPC: true"), "true"),
        (pod(spec="hostNetwork: true"), "true"),
        (
            pod(spec="volumes: [{name: a, hostPath: {path: /var/run/docker.sock}}]"),
            "/var/run/docker.sock",
        ),
        (pod(spec="initContainers: [{name: i, securityContext: {privileged: true}}]"), "true"),
    ],
)
def test_what_has_power_over_the_machine(text: str, place: str) -> None:
    assert seen("K8314", text) == [(place, Severity.ERROR)]


@pytest.mark.parametrize(
    "text",
    [
        pod("securityContext: {privileged: false}"),
        pod("securityContext: {capabilities: {add: [NET_BIND_SERVICE]}}"),
        pod("ports: [{containerPort: 1, hostPort: 0}]"),
        pod(spec="hostNetwork: false"),
        pod(spec="volumes: [{name: a, hostPath: {path: /var/log}}]"),
    ],
)
def test_what_has_none(text: str) -> None:
    assert seen("K8314", text) == []


def test_in_the_network_of_the_machine_ports_are_no_news() -> None:
    text = pod("ports: [{containerPort: 80, hostPort: 80}]", spec="hostNetwork: true")

    assert [place for place, _ in seen("K8314", text)] == ["true"]


def test_an_agent_on_every_node_is_there_for_that() -> None:
    agent = deployment(pod="hostPID: true", kind="DaemonSet", image=OTHER)
    web = deployment(pod="hostPID: true", image=OTHER)

    assert seen("K8314", agent) == []
    assert seen("K8314", agent, profile="production") == [("true", Severity.WARNING)]
    assert seen("K8314", web) == [("true", Severity.WARNING)]
    assert seen("K8314", web, profile="production") == [("true", Severity.ERROR)]


def test_what_belongs_to_the_cluster_is_there_for_that_too() -> None:
    own = deployment(pod="hostNetwork: true", image=OTHER)
    text = own.replace("name: notify}", "name: notify, namespace: kube-system}", 1)

    assert seen("K8314", text) == []
    assert seen("K8314", text, profile="production") == [("true", Severity.WARNING)]


@pytest.mark.parametrize(
    "text", [pod("securityContext: {privileged: true}"), pod(spec="os: {name: windows}")]
)
def test_what_is_privileged_or_runs_on_windows_cannot_be_hardened(text: str) -> None:
    assert seen("K8315", text) == []


def help_of(text: str) -> str:
    every = findings({"a.yaml": text})
    return next((each.problem.help for each in every if each.rule == "K8315"), "")


def test_one_finding_names_all_that_is_missing() -> None:
    help_ = help_of(pod())

    assert len(seen("K8315", pod())) == 1
    for word in ("Escalation", "readOnly", "drop: [ALL]", "seccompProfile", "automount"):
        assert word in help_


@pytest.mark.parametrize(
    ("left_out", "word"),
    [
        ("allowPrivilegeEscalation: false, ", "allowPrivilegeEscalation: false"),
        ("readOnlyRootFilesystem: true, ", "readOnlyRootFilesystem: true"),
        ("capabilities: {drop: [ALL]}, ", "capabilities: {drop: [ALL]}"),
        (", seccompProfile: {type: RuntimeDefault}", "seccompProfile: {type: RuntimeDefault}"),
    ],
)
def test_each_of_them_is_missed(left_out: str, word: str) -> None:
    assert left_out in HARD
    assert help_of(pod(HARD.replace(left_out, ""), spec=NO_TOKEN)) == f"add `{word}`"


def test_a_hardened_container_is_left_alone() -> None:
    assert help_of(pod(HARD, spec=NO_TOKEN)) == ""
    assert help_of(pod(HARD, spec="serviceAccountName: notify")) == ""
    assert help_of(pod(HARD, spec="serviceAccountName: default")) != ""


def test_what_the_pod_says_counts_for_its_containers() -> None:
    context = HARD.replace(", seccompProfile: {type: RuntimeDefault}", "")
    profile = "securityContext: {seccompProfile: {type: Localhost, localhostProfile: a}}"

    assert help_of(pod(context, spec=f"{NO_TOKEN}, {profile}")) == ""


def test_the_hardening_of_others_is_asked_in_production() -> None:
    assert seen("K8315", pod(image=OTHER)) == []
    assert len(seen("K8315", pod(image=OTHER), profile="production")) == 1
