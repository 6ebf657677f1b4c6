from xml.etree import ElementTree as ET

from loadtests.report.junit import junit
from tests.support.load_results import check, document


def suite(**values: object) -> ET.Element:
    return ET.fromstring(junit(document(**values)))


def test_each_threshold_is_a_test() -> None:
    found = suite()

    assert [test.get("name") for test in found] == [one.threshold for one in document().checks]
    assert (found.get("tests"), found.get("failures"), found.get("errors")) == ("3", "0", "0")


def test_one_that_was_missed_fails_and_one_that_nobody_measured_is_an_error() -> None:
    missed = check("delivery.p99<250ms", 250_000, 310_000, verdict="fail")
    unknown = check("lost==0", 0, None, verdict="unknown", why="it was not measured")
    found = suite(checks=[missed], comparison=[unknown])

    assert found.find("testcase/failure").attrib == {"message": "measured 310 ms"}  # type: ignore[union-attr]
    assert found.find("testcase/error").attrib == {"message": "it was not measured"}  # type: ignore[union-attr]
    assert (found.get("tests"), found.get("failures"), found.get("errors")) == ("2", "1", "1")


def test_a_run_without_thresholds_does_not_pass_for_want_of_tests() -> None:
    found = suite(checks=[], outcome="unknown", sentence="Nobody knows.")

    assert found.find("testcase/error") is not None


def test_it_is_plain_ascii() -> None:
    text = junit(document(checks=[check("a<1µs", 1, 2, verdict="fail")]))

    assert text.isascii()
    assert ET.fromstring(text)[0].get("name") == "a<1µs"
