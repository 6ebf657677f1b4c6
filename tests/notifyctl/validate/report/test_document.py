import json
from typing import Any

from notifyctl.validate.finding import Ignored
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.document import document
from notifyctl.validate.source import Source
from tests.support.findings import finding, outcome, port_mismatch


def read(found: Outcome) -> Any:
    """The document as a program sees it."""
    text = document(found)
    assert text.count("\n") == 1
    return json.loads(text)


def test_a_finding_tells_everything_about_itself() -> None:
    [found] = read(outcome(port_mismatch()))["findings"]

    fingerprint = found.pop("fingerprint")
    assert len(fingerprint) == 32
    port = {
        "file": "k8s/service.yaml",
        "range": {"start": {"line": 10, "column": 19}, "end": {"line": 10, "column": 23}},
    }
    assert found == {
        "rule": "XF403",
        "severity": "error",
        "message": "service port `ws` points at a port no selected pod declares",
        **port,
        "label": "resolves to no containerPort of Deployment notify",
        "related": [
            {
                "file": "k8s/deployment.yaml",
                "range": {"start": {"line": 18, "column": 41}, "end": {"line": 18, "column": 45}},
                "label": "the WebSocket port declared here",
            },
            {
                "file": "Dockerfile",
                "range": {"start": {"line": 2, "column": 13}, "end": {"line": 2, "column": 17}},
                "label": "and exposed here",
            },
        ],
        "help": "set `targetPort: ws`",
        "note": "kube-proxy accepts connections and resets them; readiness stays green",
        "fix": {"title": "name the port", "safety": "safe", "edits": [{**port, "text": "ws"}]},
        "object": {
            "kind": "Service",
            "name": "notify",
            "namespace": "default",
            "path": "spec.ports[1].targetPort",
        },
    }


def test_what_has_an_exception_stands_apart_with_the_reason() -> None:
    known = finding(Source("Dockerfile", "FROM python\n").span(0, 4))
    ignored = type(known)(known.rule, known.severity, known.problem, None, Ignored("rebuilt daily"))

    read_back = read(outcome(ignored))

    assert read_back["findings"] == []
    assert [each["reason"] for each in read_back["ignored"]] == ["rebuilt daily"]


def test_the_whole_run_is_there() -> None:
    found = read(Outcome([], ["Dockerfile"], [Unchecked("k8s", "does not exist")], 0.1))

    assert found == {
        "version": 1,
        "findings": [],
        "ignored": [],
        "files": ["Dockerfile"],
        "unchecked": [{"target": "k8s", "reason": "does not exist"}],
        "summary": {"errors": 0, "warnings": 0, "infos": 0, "fixable": 0, "ignored": 0},
    }


def test_two_runs_with_the_same_findings_bring_the_same_document() -> None:
    quick, slow = (Outcome([port_mismatch()], ["k8s"], (), took) for took in (0.1, 0.2))

    assert document(quick) == document(slow)
