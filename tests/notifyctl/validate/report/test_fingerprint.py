from notifyctl.validate.finding import Finding, Named, Severity
from notifyctl.validate.report.fingerprint import fingerprints
from notifyctl.validate.source import Source
from tests.support.findings import finding


def here(text: str, name: str = "compose.yaml", **more: str) -> Finding:
    """A finding at the words `HERE` of a text."""
    start = text.index("HERE")
    return finding(Source(name, text).span(start, start + 4), **more)


def of(found: Finding) -> str:
    """The fingerprint of a finding on its own."""
    return fingerprints([found])[0]


def test_lines_above_a_finding_come_and_go() -> None:
    assert of(here("port: HERE")) == of(here("# a comment\n\nport: HERE"))


def test_a_line_that_the_message_names_may_move() -> None:
    before = here("HERE", message="the same as line 12")

    assert of(before) == of(here("HERE", message="the same as line 14"))


def test_another_rule_file_or_message_is_another_finding() -> None:
    others = [
        here("HERE"),
        here("HERE", rule="K8302"),
        here("HERE", name="compose.production.yaml"),
        here("HERE", message="port 8001 is missing"),
        here("HERE", message="port 8002 is missing"),
    ]

    assert len({of(each) for each in others}) == len(others)


def test_another_object_in_the_same_file_is_another_finding() -> None:
    problem = here("HERE").problem
    one, other = (
        Finding("K8301", Severity.ERROR, problem, Named("Deployment", name))
        for name in ("notify", "worker")
    )

    assert of(one) != of(other)


def test_the_second_of_two_alike_is_the_second() -> None:
    one = here("HERE")

    assert len(set(fingerprints([one, one]))) == 2
    assert fingerprints([one, one])[0] == of(one)
