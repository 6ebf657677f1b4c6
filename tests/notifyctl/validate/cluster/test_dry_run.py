"""Each document is asked about and nothing is changed; answers become findings in the files."""

from typing import Any

from notifyctl.validate.cluster.dry_run import DryRunOutcome, as_sent, dry_run
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml
from tests.support.api_server import FakeCluster, Reply, refusal
from tests.support.validating import workspace

FILE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec:
  replicas: -1
  paused: yes
  template: {spec: {containers: [{name: notify, image: notifyd}]}}
---
apiVersion: v1
kind: Service
metadata: {name: notify}
spec: {ports: [{port: 80}]}
"""


def quiet(text: str, /, *, passing: bool = False) -> None:
    """Nobody watches."""


def asked_about(kubeconfig: str, text: str = FILE, **options: Any) -> DryRunOutcome:
    """What the API server says about a file."""
    sets = workspace({"manifest.yaml": text}).sets
    return dry_run(sets, None, None, Settings(), kubeconfig=kubeconfig, progress=quiet, **options)


def test_each_document_is_sent_and_none_is_kept(fake: FakeCluster, kubeconfig: str) -> None:
    outcome = asked_about(kubeconfig)

    sent = [asked for asked in fake.asked if asked.method != "GET"]
    assert [(asked.method, asked.path) for asked in sent] == [
        ("POST", "/apis/apps/v1/namespaces/notify/deployments"),
        ("POST", "/api/v1/namespaces/notify/services"),
    ]
    assert all(asked.query["dryRun"] == "All" for asked in sent)
    assert all(asked.query["fieldValidation"] == "Strict" for asked in sent)
    assert sent[0].body["spec"]["paused"] is True
    assert (outcome.documents, outcome.findings, outcome.skipped, outcome.unchecked) == (
        2,
        [],
        [],
        [],
    )


def test_what_is_there_already_is_asked_about_as_a_change(
    fake: FakeCluster, kubeconfig: str
) -> None:
    fake.replies["POST Deployment/notify"] = refusal(409, "already exists")
    fake.replies["PATCH Deployment/notify"] = refusal(
        422, "invalid", ("spec.selector", "field is immutable")
    )

    outcome = asked_about(kubeconfig)

    (patch,) = [asked for asked in fake.asked if asked.method == "PATCH"]
    assert patch.path == "/apis/apps/v1/namespaces/notify/deployments/notify"
    assert patch.content_type == "application/apply-patch+yaml"
    assert patch.query["dryRun"] == "All"
    (finding,) = outcome.findings
    assert "field is immutable" in finding.problem.message


def test_a_cause_becomes_a_finding_at_its_field(fake: FakeCluster, kubeconfig: str) -> None:
    fake.replies["POST Deployment/notify"] = refusal(
        422, "invalid", ("spec.replicas", "Invalid value: -1: must be positive")
    )

    (finding,) = asked_about(kubeconfig).findings

    assert (finding.rule, finding.span.text, finding.span.begin.line) == ("CL605", "-1", 5)
    assert finding.about is not None
    assert finding.about.name == "notify"


def test_a_warning_of_the_server_is_a_warning(fake: FakeCluster, kubeconfig: str) -> None:
    fake.replies["POST Service/notify"] = Reply(201, {}, ('v1 "Service" is deprecated',))

    (finding,) = asked_about(kubeconfig).findings

    assert finding.severity == "warning"
    assert finding.span.text == "v1"


def test_a_kind_that_the_cluster_does_not_know_is_a_finding(
    fake: FakeCluster, kubeconfig: str
) -> None:
    text = "apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {name: x}\n"

    (finding,) = asked_about(kubeconfig, text).findings

    assert "knows no ServiceMonitor" in finding.problem.message


def test_a_missing_right_is_skipped_once_for_each_kind(fake: FakeCluster, kubeconfig: str) -> None:
    fake.statuses["deployments"] = 403

    outcome = asked_about(
        kubeconfig, FILE.replace("---", FILE.partition("---")[0].join(["---\n", "---"]))
    )

    assert outcome.skipped == ["Deployment skipped: forbidden"]
    assert outcome.documents == 1


def test_what_the_server_cannot_say_is_skipped_in_its_words(
    fake: FakeCluster, kubeconfig: str
) -> None:
    fake.replies["POST Deployment/notify"] = refusal(
        400, 'admission webhook "w" does not support dry run'
    )
    fake.replies["POST Service/notify"] = refusal(404, 'namespaces "notify" not found')

    assert asked_about(kubeconfig).skipped == [
        'Deployment notify skipped: admission webhook "w" does not support dry run',
        "Service notify skipped: there is no namespace 'notify' yet",
    ]


def test_a_cluster_that_is_not_there_is_one_sentence(fake: FakeCluster, kubeconfig: str) -> None:
    fake.statuses["/apis/apps/v1"] = 503

    outcome = asked_about(kubeconfig)

    (unchecked,) = outcome.unchecked
    assert unchecked.target == "API server"
    assert unchecked.reason.startswith("cannot be checked: the cluster of context 'test' says: ")


def test_a_document_that_two_overlays_share_is_asked_about_once(
    fake: FakeCluster, kubeconfig: str
) -> None:
    sets = [*workspace({"a.yaml": FILE}).sets, *workspace({"b.yaml": FILE}).sets]

    outcome = dry_run(sets, None, None, Settings(), kubeconfig=kubeconfig, progress=quiet)

    assert outcome.documents == 2


def test_values_are_sent_as_kubectl_sends_them() -> None:
    (document,) = read_yaml(
        Source("x", 'a: {b: yes, c: "yes", d: 1, e: [], f: {}, g: off}')
    ).documents

    assert as_sent(document) == {"a": {"b": True, "c": "yes", "d": 1, "e": [], "f": {}, "g": False}}
