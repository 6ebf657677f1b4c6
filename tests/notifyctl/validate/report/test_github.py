from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.github import github
from notifyctl.validate.source import Source
from tests.support.findings import finding, outcome, port_mismatch


def test_an_annotation_stands_beside_its_line() -> None:
    assert github(outcome(port_mismatch())) == (
        "::error file=k8s/service.yaml,line=10,col=19,endLine=10,endColumn=23,title=XF403"
        "::service port `ws` points at a port no selected pod declares"
        "%0Ahelp: set `targetPort: ws`\n"
    )


def test_a_place_of_several_lines_has_no_end_column() -> None:
    place = Source("compose.yaml", "ports:\n  - 8000\n").span(0, 14)

    assert github(outcome(finding(place, severity="warning"))) == (
        "::warning file=compose.yaml,line=1,col=1,endLine=2,title=K8301::something is wrong\n"
    )


def test_what_would_end_a_property_or_the_message_is_escaped() -> None:
    place = Source("a,b:c%.yaml", "x").span(0, 1)
    found = finding(place, severity="info", message="100% of\n::error::x", help="one\r\ntwo")

    assert github(outcome(found)) == (
        "::notice file=a%2Cb%3Ac%25.yaml,line=1,col=1,endLine=1,endColumn=2,title=K8301"
        "::100%25 of ::error::x%0Ahelp: one%0Atwo\n"
    )


def test_what_was_not_checked_is_an_error() -> None:
    found = Outcome([], [], [Unchecked("k8s", "does not exist")])

    assert github(found) == "::error title=not checked::k8s does not exist\n"


def test_a_clean_run_says_nothing() -> None:
    assert github(Outcome([], ["Dockerfile"])) == ""
