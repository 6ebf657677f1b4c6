"""Only what a file says is compared, and only if the rules look at it."""

import pytest

from notifyctl.validate.cluster.drift import drifts
from notifyctl.validate.kubernetes import Manifest
from tests.support.validating import workspace

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: notify}
spec: {ports: [{name: ws, port: 81, targetPort: PORT}]}
"""
INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: notify
  annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "TIME", team: TEAM}
spec: {}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec:
  replicas: REPLICAS
  template:
    spec:
      containers:
        - name: notify
          image: notifyd
          livenessProbe: {exec: {command: [COMMAND]}}
          lifecycle: {preStop: {sleep: {seconds: SLEEP}}}
"""


def manifest(text: str, **words: str) -> Manifest:
    """The object of a text in which words in capitals are replaced."""
    for name, word in words.items():
        text = text.replace(name, word)
    return workspace({"manifest.yaml": text}).sets[0].manifests[0]


def paths(text: str, file: dict[str, str], live: dict[str, str]) -> list[str]:
    """Where the same text with other words drifts."""
    return [each.path for each in drifts(manifest(text, **file), manifest(text, **live))]


def test_a_port_and_its_text_are_the_same() -> None:
    assert paths(SERVICE, {"PORT": "8001"}, {"PORT": '"8001"'}) == []
    assert paths(SERVICE, {"PORT": "8001"}, {"PORT": "ws"}) == ["spec.ports[0].targetPort"]


def test_of_annotations_only_timeouts_count() -> None:
    file, live = {"TIME": "3600", "TEAM": "red"}, {"TIME": "60", "TEAM": "blue"}

    assert paths(INGRESS, file, live) == ["nginx.ingress.kubernetes.io/proxy-read-timeout"]


@pytest.mark.parametrize(
    ("name", "file", "live", "expected"),
    [
        ("REPLICAS", "2", "5", []),
        ("SLEEP", "5", "10", ["lifecycle.preStop.sleep.seconds"]),
        ("COMMAND", "a, b", "a, b, c", ["livenessProbe.exec.command"]),
        ("COMMAND", "a, b", "a, c", ["livenessProbe.exec.command[1]"]),
    ],
)
def test_of_a_workload_what_the_rules_look_at_counts(
    name: str, file: str, live: str, expected: list[str]
) -> None:
    words = {"REPLICAS": "1", "SLEEP": "5", "COMMAND": "a"}

    assert paths(DEPLOYMENT, words | {name: file}, words | {name: live}) == expected
