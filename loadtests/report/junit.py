"""`junit.xml`: each threshold as a test, for pipelines that show tests and nothing else."""

from xml.etree import ElementTree

from loadtests.report.document import Document
from loadtests.report.tables import measured
from loadtests.verdict import Check


def junit(document: Document) -> str:
    """The test suite. What is unknown is an error: nobody can say whether it passed."""
    suite = ElementTree.Element("testsuite", name=f"notifyctl load {document.spec.scenario}")
    for check in (*document.checks, *document.comparison):
        _test(suite, check)
    if not len(suite):
        _nothing(suite, document)
    for kind, name in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        suite.set(kind, str(len(suite.findall(f".//{name}"))))
    ElementTree.indent(suite)
    # Characters beyond ASCII as references: right in every encoding.
    content: bytes = ElementTree.tostring(suite, encoding="us-ascii", xml_declaration=False)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content.decode("ascii")}\n'


def _test(suite: ElementTree.Element, check: Check) -> None:
    test = ElementTree.SubElement(
        suite, "testcase", name=check.threshold, classname=suite.get("name", "")
    )
    match check.verdict:
        case "fail":
            ElementTree.SubElement(test, "failure", message=f"measured {measured(check)}")
        case "unknown":
            ElementTree.SubElement(test, "error", message=check.why)
        case "pass":
            ElementTree.SubElement(test, "system-out").text = f"measured {measured(check)}"


def _nothing(suite: ElementTree.Element, document: Document) -> None:
    test = ElementTree.SubElement(
        suite, "testcase", name="the run", classname=suite.get("name", "")
    )
    ElementTree.SubElement(test, "error", message=document.sentence)
