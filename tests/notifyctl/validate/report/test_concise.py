from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.concise import concise
from notifyctl.validate.source import Source
from tests.support.findings import finding, outcome, port_mismatch


def test_a_finding_is_one_line_that_editors_can_follow() -> None:
    first, last = concise(outcome(port_mismatch())).splitlines()

    assert first == (
        "k8s/service.yaml:10:19: error[XF403] service port `ws` points at a port no selected pod"
        " declares"
    )
    assert last == "Found 1 error (1 fixable) in 1 file · 118 ms"


def test_a_message_of_several_lines_becomes_one() -> None:
    place = Source("a\nb.yaml", "x").span(0, 1)

    assert concise(outcome(finding(place, message="one\ntwo"))).startswith(
        "a b.yaml:1:1: error[K8301] one two\n"
    )


def test_what_a_cluster_answered_has_no_lines() -> None:
    place = Source("Deployment notify/notify", "").span(0, 0)

    assert concise(outcome(finding(place))).startswith("Deployment notify/notify: error[K8301]")


def test_what_was_not_checked_is_told() -> None:
    found = Outcome([], [], [Unchecked("k8s", "does not exist")])

    assert concise(found).startswith("not checked: k8s does not exist\n")
