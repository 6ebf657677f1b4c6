"""What an object needs is there, and what runs is what the files say."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.cluster.answers import Answer, read_answer
from notifyctl.validate.cluster.reading import KINDS, Kind
from notifyctl.validate.finding import Severity
from notifyctl.validate.kubernetes import ManifestSet
from tests.support.live_namespace import GOOD, changed, cluster_of, found_in
from tests.support.validating import workspace

FILE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec:
  selector: {matchLabels: {app: notify}}
  template:
    metadata: {labels: {app: notify}}
    spec:
      terminationGracePeriodSeconds: 60
      containers:
        - name: notify
          image: registry.example.org/notifyd:1.4.2
          ports: [{containerPort: 8001, name: ws}]
          readinessProbe: {httpGet: {path: /readyz, port: http}}
          livenessProbe: {httpGet: {path: /healthz, port: http}}
"""


def sets(*files: str) -> list[ManifestSet]:
    """Each file as a set of its own, as overlays are."""
    return [one for text in files for one in workspace({"deployment.yaml": text}).sets]


@pytest.mark.parametrize(
    ("old", "new", "message", "place"),
    [
        ("key: jwt-secret", "key: jwt", "the key `jwt` of the Secret `notify`", "jwt"),
        ("secretKeyRef: {name: notify,", "secretKeyRef: {name: gone,", "the Secret `gone`", "gone"),
        (
            "configMapRef: {name: notify}",
            "configMapRef: {name: gone}",
            "the ConfigMap `gone`",
            "gone",
        ),
        ("secretName: notify", "secretName: tls", "the Secret `tls`", "tls"),
        ("ingressClassName: nginx", "ingressClassName: f5", "the class `f5`", "f5"),
        ("disruptionsAllowed: 1", "disruptionsAllowed: 0", "allows no disruption", "0"),
        ("nodeName: two", "nodeName: one", "all 2 pods", "one"),
    ],
)
def test_what_is_missing_or_in_the_way_is_found(
    old: str, new: str, message: str, place: str
) -> None:
    (finding,) = found_in(cluster_of(changed((old, new))))

    assert finding.rule == "CL604"
    assert message in finding.problem.message
    assert finding.span.text == place


@pytest.mark.parametrize(
    "changes",
    [
        [("key: jwt-secret", "key: jwt, optional: true")],
        [("configMapRef: {name: notify}", "configMapRef: {name: gone, optional: true}")],
        [("nodeName: two", "nodeName: one"), ("metadata: {name: two}", "metadata: {name: one}")],
    ],
    ids=["optional key", "optional ConfigMap", "a single node"],
)
def test_what_nobody_needs_is_not_missed(changes: list[tuple[str, str]]) -> None:
    assert found_in(cluster_of(changed(*changes))) == []


def test_a_kind_that_may_not_be_read_is_not_judged() -> None:
    text = changed(
        ("key: jwt-secret", "key: jwt"), ("ingressClassName: nginx", "ingressClassName: f5")
    )
    hidden = {"Secret": "forbidden", "IngressClass": "forbidden"}

    assert found_in(cluster_of(text, skipped=hidden)) == []


def test_what_the_files_do_not_say_is_no_drift() -> None:
    assert found_in(cluster_of(GOOD, files=sets(FILE))) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "place"),
    [
        ("Seconds: 60", "Seconds: 90", "terminationGracePeriodSeconds", "90"),
        ("notifyd:1.4.2", "notifyd:1.5.0", "image", "registry.example.org/notifyd:1.5.0"),
        ("/readyz", "/ready", "readinessProbe.httpGet.path", "/ready"),
        ("8001, name: ws", "8001, name: wss", "ports[0].name", "wss"),
        ("containerPort: 8001", "containerPort: 8002", "ports[0].containerPort", "8002"),
        (
            "          livenessProbe: {httpGet: {path: /healthz, port: http}}\n",
            "",
            "livenessProbe",
            "name: notify",
        ),
    ],
)
def test_drift_is_shown_in_the_file_with_what_runs(
    old: str, new: str, path: str, place: str
) -> None:
    assert old in FILE
    found = found_in(cluster_of(GOOD, files=sets(FILE.replace(old, new))))

    first = found[0]
    assert {finding.rule for finding in found} == {"CL603"}
    assert f"another `{path}`" in first.problem.message
    assert (first.span.source.name, first.span.text) == ("deployment.yaml", place)
    assert first.problem.related[0].span.source.name == "cluster:notify/Deployment/notify"


def test_of_several_overlays_the_one_that_was_applied_is_meant() -> None:
    other = FILE.replace("Seconds: 60", "Seconds: 90")

    assert found_in(cluster_of(GOOD, files=sets(other, FILE))) == []


def test_what_the_api_server_refuses_is_an_error_and_what_it_warns_about_a_warning() -> None:
    (manifest,) = sets(FILE)[0].manifests
    cause = {"field": "spec.replicas", "message": "must be positive"}
    refused = read_answer(manifest, Answer(422, {"details": {"causes": [cause]}}))
    warned = read_answer(manifest, Answer(201, {}, ("apps/v1 Deployment is deprecated",)))

    assert [each.severity for each in found_in(refused)] == [Severity.ERROR]
    assert [each.severity for each in found_in(warned)] == [Severity.WARNING]
    assert found_in(read_answer(manifest, Answer(201, {}))) == []


NAMES = """\
spec status metadata name ports port containers containerStatuses state waiting reason selector
matchLabels app tls secretName ingressClassName phase Running nodeName one"""
WORDS = st.sampled_from(NAMES.split())
WILD = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(kind=st.sampled_from(KINDS), spec=WILD, status=WILD)
def test_no_rule_fails_whatever_a_cluster_answers(kind: Kind, spec: object, status: object) -> None:
    labels = {"app": "notify", "kubernetes.io/service-name": "notify"}
    wild = {"metadata": {"name": "notify", "labels": labels}, "spec": spec, "status": status}
    wild |= {"endpoints": spec, "ports": status, "data": spec}
    text = yaml.safe_dump({"kind": kind.name, "apiVersion": kind.api_version, **wild})

    found_in(cluster_of(f"{GOOD}---\n{text}", files=sets(FILE)))
