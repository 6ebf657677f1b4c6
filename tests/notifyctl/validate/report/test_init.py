import json
from xml.etree import ElementTree

import pytest
from hypothesis import given

from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report import FORMATS, Format, render
from notifyctl.validate.report.look import Look
from tests.support.findings import outcome, port_mismatch, wild_outcomes


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_of_a_finding(form: Format) -> None:
    text = render(form, outcome(port_mismatch()))

    assert "XF403" in text
    assert "points at a port no selected pod declares" in text
    assert "k8s/service.yaml" in text


@given(wild=wild_outcomes())
def test_whatever_was_found_reaches_no_terminal_as_a_command(wild: Outcome) -> None:
    for form in FORMATS:
        text = render(form, wild)

        assert text.translate({ord("\n"): None, ord("\t"): None}).isprintable(), form
        assert text == "" or text.endswith("\n")


@given(wild=wild_outcomes())
def test_documents_for_programs_can_always_be_read(wild: Outcome) -> None:
    assert json.loads(render("json", wild))["version"] == 1
    assert json.loads(render("sarif", wild))["version"] == "2.1.0"
    assert ElementTree.fromstring(render("junit", wild)).tag == "testsuites"


@given(wild=wild_outcomes())
def test_what_an_annotation_says_stays_on_its_line(wild: Outcome) -> None:
    lines = render("github", wild).splitlines()

    assert len(lines) == len(wild.counted) + len(wild.unchecked)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)


def test_colours_are_for_people_who_can_see_them() -> None:
    found = outcome(port_mismatch())

    assert "\x1b[" not in render("full", found, Look(color=False))
    assert "\x1b[1;31merror[XF403]\x1b[0m" in render("full", found, Look(color=True))
