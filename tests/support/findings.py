"""Findings made by hand, and findings of every imaginable kind."""

from typing import Any

from hypothesis import strategies as st

from notifyctl.validate.finding import (
    Edit,
    Finding,
    Fix,
    Ignored,
    Named,
    Problem,
    Related,
    Severity,
)
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.source import Source, Span

SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: notify}
spec:
  selector: {app: notify}
  ports:
    - name: http
      targetPort: http
    - name: ws
      targetPort: 8081
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec:
  template:
    spec:
      containers:
        - name: notify
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
            periodSeconds: 5
            timeoutSeconds: 1
            failureThreshold: 3
          env: [{name: JWT_SECRET, value: s3cr3t}]
          ports:
            - {name: ws, containerPort: 8001}
"""

# What stands in files nobody has seen yet: accents, wide and invisible characters, escapes.
LETTERS = st.sampled_from(
    "ab:- \t\n\r\x1b\x7f\x85\u2028\u202e\u00ad\u0301\u1100\u1161私の🎉\ufffd\ue000"
)
TEXTS = st.text(LETTERS | st.characters(exclude_categories=["Cs"]), max_size=80)
WORDS = st.text(LETTERS, max_size=6)


def at(source: Source, words: str) -> Span:
    """The place of words in a source."""
    start = source.text.index(words)
    return source.span(start, start + len(words))


def finding(span: Span, rule: str = "K8301", severity: str = "error", **more: Any) -> Finding:
    """A finding at a place; `more` are fields of its problem."""
    problem = Problem(more.pop("message", "something is wrong"), span, **more)
    return Finding(rule, Severity(severity), problem)


def outcome(*findings: Finding, unchecked: tuple[Unchecked, ...] = ()) -> Outcome:
    """A run that brought these findings, in the files that they are in."""
    files = sorted({each.span.source.name for each in findings})
    return Outcome(findings, files, unchecked, 0.118)


def port_mismatch() -> Finding:
    """A finding with everything that one can have, in three files."""
    service = Source("k8s/service.yaml", SERVICE)
    deployment = Source("k8s/deployment.yaml", DEPLOYMENT)
    dockerfile = Source("Dockerfile", "FROM python:3.13-slim\nEXPOSE 8000 8001\n")
    port = at(service, "8081")
    return Finding(
        "XF403",
        Severity.ERROR,
        Problem(
            "service port `ws` points at a port no selected pod declares",
            port,
            "resolves to no containerPort of Deployment notify",
            (
                Related(at(deployment, "8001"), "the WebSocket port declared here"),
                Related(at(dockerfile, "8001"), "and exposed here"),
            ),
            help="set `targetPort: ws`",
            note="kube-proxy accepts connections and resets them; readiness stays green",
            fix=Fix("name the port", (Edit(port, "ws"),)),
        ),
        Named("Service", "notify", "default", "spec.ports[1].targetPort"),
    )


@st.composite
def spans(draw: st.DrawFn, source: Source) -> Span:
    """Any place in a source, also an empty one, and one that reaches beyond its end."""
    start = draw(st.integers(0, len(source.text) + 2))
    return source.span(start, start + draw(st.integers(0, 40)))


@st.composite
def wild_findings(draw: st.DrawFn) -> Finding:
    """Any finding at all."""
    names = st.sampled_from(["Dockerfile", "k8s/ä:b%,c.yaml", "/etc/a b", "https://cluster:6443/x"])
    sources = [Source(draw(names), draw(st.text(LETTERS, max_size=40))) for _ in range(2)]
    place = st.sampled_from(sources).flatmap(spans)
    problem = Problem(
        draw(WORDS),
        draw(place),
        draw(WORDS),
        tuple(Related(draw(place), draw(WORDS)) for _ in range(draw(st.integers(0, 3)))),
        draw(WORDS),
        draw(WORDS),
        draw(st.none() | st.builds(Fix, WORDS, st.tuples(st.builds(Edit, place, WORDS)))),
        secret=draw(st.booleans()),
    )
    return Finding(
        draw(st.sampled_from(["NV001", "K8301", "XF403"])),
        draw(st.sampled_from(Severity)),
        problem,
        draw(st.none() | st.builds(Named, WORDS, WORDS, WORDS, WORDS)),
        draw(st.none() | st.builds(Ignored, WORDS, st.none() | place)),
    )


def wild_outcomes() -> st.SearchStrategy[Outcome]:
    """Any outcome at all."""
    return st.builds(
        Outcome,
        st.lists(wild_findings(), max_size=3),
        st.lists(WORDS, max_size=2),
        st.lists(st.builds(Unchecked, WORDS, WORDS), max_size=2),
        st.floats(0, 100),
    )
