"""The field that the API server names is found in the file, however it writes it."""

import pytest

from notifyctl.validate.cluster.answers import Answer, lacks_right, read_answer, span_at
from notifyctl.validate.kubernetes import Manifest
from tests.support.validating import workspace

TEXT = """\
apiVersion: apps/v1
kind: KIND
metadata:
  name: notify
  labels: {app.kubernetes.io/name: notify}
spec:
  replicas: -1
  template:
    spec:
      containers:
        - name: notify
          image: notifyd
          livenessprobe: {}
          ports:
            - containerPort: 99999
"""


def manifest(kind: str = "Deployment") -> Manifest:
    """The object of the text."""
    return workspace({"manifest.yaml": TEXT.replace("KIND", kind)}).sets[0].manifests[0]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("spec.replicas", "-1"),
        ("spec.template.spec.containers[0].ports[0].containerPort", "99999"),
        ("spec.template.spec.containers.ports.containerPort", "99999"),
        ("metadata.labels[app.kubernetes.io/name]", "notify"),
        ("spec.template.spec.containers[0].resources.limits", "name: notify"),
        ("spec.template.spec.containers[7].name", "containers"),
        ("spec.selector", "spec"),
        ("", "notify"),
    ],
)
def test_a_path_leads_to_its_place_or_to_what_is_nearest(path: str, place: str) -> None:
    assert span_at(manifest(), path).text == place


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (
            'strict decoding error: unknown field "spec.template.spec.containers[0].livenessprobe"',
            "livenessprobe",
        ),
        ('strict decoding error: duplicate field "spec.replicas"', "replicas"),
        (
            "json: cannot unmarshal string into Go struct field X.spec.replicas of type int32",
            "-1",
        ),
        ("admission webhook denied the request: no", "notify"),
    ],
)
def test_a_refusal_without_causes_is_read_from_its_message(message: str, expected: str) -> None:
    (refusal,) = read_answer(manifest(), Answer(400, {"message": message})).refusals

    assert refusal.span.text == expected


def test_each_cause_is_a_complaint() -> None:
    causes = [
        {"field": "spec.replicas", "message": "Invalid value: -1: must be positive"},
        {"field": "<nil>", "message": "something else"},
    ]
    answer = Answer(422, {"message": "both", "details": {"causes": causes}})

    refusals = read_answer(manifest(), answer).refusals

    assert [(each.message, each.span.text) for each in refusals] == [
        ("`spec.replicas`: Invalid value: -1: must be positive", "-1"),
        ("something else", "notify"),
    ]


def test_a_value_of_a_secret_is_not_repeated() -> None:
    causes = [{"field": "data[key]", "message": 'Invalid value: "hunter2": no'}]
    answer = Answer(422, {"message": "no", "details": {"causes": causes}})

    (refusal,) = read_answer(manifest("Secret"), answer).refusals

    assert refusal.message == "`data[key]`: Invalid value: ***"


def test_a_warning_stands_at_its_field_or_at_the_version() -> None:
    warnings = (
        "spec.template.spec.containers[0].ports[0]: duplicate port",
        "apps/v1beta1 Deployment is deprecated",
    )

    told = read_answer(manifest(), Answer(201, {}, warnings)).warnings

    assert [each.span.text for each in told] == ["containerPort: 99999", "apps/v1"]


def test_a_missing_right_is_told_from_a_policy_that_forbids() -> None:
    rbac = 'deployments.apps is forbidden: User "x" cannot create resource "deployments"'

    assert lacks_right(Answer(403, {"message": rbac}))
    assert not lacks_right(Answer(403, {"message": "violates PodSecurity"}))
    assert not lacks_right(Answer(400, {"message": rbac}))
