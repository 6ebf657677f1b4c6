from typing import Final
from xml.etree import ElementTree

from hypothesis import given

from notifyctl.validate.finding import Ignored
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.junit import junit
from notifyctl.validate.source import Source
from tests.support.findings import finding, outcome, port_mismatch, wild_outcomes

# What Jenkins takes, which is what everybody else takes, too: the attributes that an element must
# have and may have, and its children.
ELEMENTS: Final[dict[str, tuple[set[str], set[str], set[str]]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time"}, {"testcase"}),
    "testcase": ({"name"}, {"classname", "time"}, {"skipped", "error", "failure", "system-out"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


def suites(found: Outcome) -> dict[str | None, ElementTree.Element]:
    """The test suites by their names."""
    return {suite.get("name"): suite for suite in ElementTree.fromstring(junit(found))}


def test_a_finding_is_a_test_of_its_file_that_fails() -> None:
    suite = suites(outcome(port_mismatch()))["k8s/service.yaml"]

    [test] = suite
    [failure] = test
    assert test.get("classname") == "k8s/service.yaml"
    assert test.get("name", "").startswith("XF403 service port `ws`")
    assert failure.get("type") == "error"
    assert (failure.text or "").splitlines() == [
        "k8s/service.yaml:10:19: error[XF403] service port `ws` points at a port no selected pod"
        " declares",
        "help: set `targetPort: ws`",
        "note: kube-proxy accepts connections and resets them; readiness stays green",
    ]


def test_a_clean_file_has_a_test_that_passes() -> None:
    suite = suites(Outcome([], ["Dockerfile"]))["Dockerfile"]

    assert [[*test] for test in suite] == [[]]
    assert suite.get("tests") == "1"


def test_an_exception_is_skipped_and_a_remark_passes() -> None:
    remark = finding(Source("Dockerfile", "FROM python\n").span(0, 4), severity="info")
    known = type(remark)("DF108", remark.severity, remark.problem, None, Ignored("rebuilt daily"))

    suite = suites(outcome(remark, known))["Dockerfile"]

    assert [child.tag for test in suite for child in test] == ["system-out", "skipped"]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "0",
        "errors": "0",
        "skipped": "1",
    }


def test_what_was_not_checked_is_an_error() -> None:
    suite = suites(Outcome([], [], [Unchecked("k8s", "does not exist")]))["k8s"]

    [error] = suite.iter("error")
    assert error.get("message") == "k8s does not exist"
    assert suite.get("errors") == "1"


def test_characters_that_no_xml_may_have_are_replaced() -> None:
    place = Source("Dockerfile", "x").span(0, 1)

    text = junit(outcome(finding(place, message="\x00\x1b[31m & <ä>")))

    assert 'message="&#65533;&#65533;[31m &amp; &lt;&#228;&gt;"' in text


@given(wild=wild_outcomes())
def test_there_is_nothing_in_it_that_others_do_not_know(wild: Outcome) -> None:
    for element in ElementTree.fromstring(junit(wild)).iter():
        required, optional, children = ELEMENTS[element.tag]
        assert required <= set(element.keys()) <= required | optional
        assert {child.tag for child in element} <= children
