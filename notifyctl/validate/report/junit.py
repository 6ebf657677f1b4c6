"""`junit`: XML as test runners write it, for pipelines that show tests and nothing else.

A file is a test suite, and a finding in it a test that fails. A file without any has one that
passes, so that it can be seen that it was checked.
"""

import re
from typing import Final
from xml.etree import ElementTree

from notifyctl.validate.finding import Finding, Severity
from notifyctl.validate.outcome import Outcome, Unchecked

# What XML may not have, and the two that it may and a terminal obeys.
_NO_XML: Final = re.compile("[^\t\n\x20-\x7e\x80-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT: Final = "\ufffd"


def junit(outcome: Outcome) -> str:
    """All test suites."""
    by_file: dict[str, list[Finding]] = {name: [] for name in outcome.files}
    for finding in outcome.findings:
        by_file.setdefault(finding.span.source.name, []).append(finding)
    root = ElementTree.Element("testsuites", name="notifyctl validate")
    for name, findings in by_file.items():
        suite = ElementTree.SubElement(root, "testsuite", name=_text(name))
        for finding in findings:
            _test(suite, finding)
        if not findings:
            ElementTree.SubElement(suite, "testcase", name="every rule", classname=_text(name))
    for unchecked in outcome.unchecked:
        _error(ElementTree.SubElement(root, "testsuite", name=_text(unchecked.target)), unchecked)
    for counted in (*root, root):
        _count(counted)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + _ascii(root) + "\n"


def _ascii(root: ElementTree.Element) -> str:
    """Characters beyond ASCII as references: right in every encoding, and on every terminal."""
    content: bytes = ElementTree.tostring(root, encoding="us-ascii", xml_declaration=False)
    return content.decode("ascii")


def _test(suite: ElementTree.Element, finding: Finding) -> None:
    """What fails is an error or a warning; a remark passes, and an exception is skipped."""
    begin, problem = finding.span.begin, finding.problem
    place = f"{finding.span.source.name}:{begin.line}:{begin.column}"
    # Without the place: the test keeps its name, and its history, when lines come and go above.
    name = _text(f"{finding.rule} {problem.message}")
    test = ElementTree.SubElement(
        suite, "testcase", name=name, classname=_text(finding.span.source.name)
    )
    lines = [f"{place}: {finding.severity}[{finding.rule}] {problem.message}"]
    lines += [
        f"{word}: {text}" for word, text in (("help", problem.help), ("note", problem.note)) if text
    ]
    if finding.ignored:
        ElementTree.SubElement(test, "skipped", message=_text(finding.ignored.reason))
    elif finding.severity is Severity.INFO:
        ElementTree.SubElement(test, "system-out").text = _text("\n".join(lines))
    else:
        failure = ElementTree.SubElement(
            test, "failure", type=finding.severity.value, message=_text(problem.message)
        )
        failure.text = _text("\n".join(lines))


def _error(suite: ElementTree.Element, unchecked: Unchecked) -> None:
    target = _text(unchecked.target)
    test = ElementTree.SubElement(suite, "testcase", name="can be checked", classname=target)
    error = ElementTree.SubElement(test, "error", type="unchecked")
    error.set("message", _text(unchecked.sentence))


def _count(element: ElementTree.Element) -> None:
    """How many tests are in it, fail, could not run, and were skipped."""
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))
    element.set("errors", str(len(element.findall(".//error"))))
    if element.tag == "testsuite":
        element.set("skipped", str(len(element.findall(".//skipped"))))


def _text(text: str) -> str:
    """Without the characters that no XML may have, not even escaped."""
    return _NO_XML.sub(_REPLACEMENT, text)
