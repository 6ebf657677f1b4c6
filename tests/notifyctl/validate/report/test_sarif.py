import pytest
from hypothesis import given

import notifyctl.validate.rules  # noqa: F401 - registers the rules
from notifyctl.validate.finding import Finding, Ignored
from notifyctl.validate.outcome import Outcome, Unchecked
from notifyctl.validate.report.sarif import BASE, FINGERPRINT, sarif
from notifyctl.validate.rule import RULES
from notifyctl.validate.source import Source
from tests.support import sarif_log
from tests.support.findings import finding, outcome, port_mismatch, wild_outcomes
from tests.support.sarif_log import ArtifactLocation, Region, Result

PORT = Region(start_line=10, start_column=19, end_line=10, end_column=23)


def result(found: Finding) -> Result:
    """What becomes of one finding."""
    [only] = sarif_log.read(sarif(outcome(found))).results
    return only


@given(wild=wild_outcomes())
def test_any_run_is_what_the_standard_says(wild: Outcome) -> None:
    run = sarif_log.read(sarif(wild))

    assert len(run.results) == len(wild.findings)
    for each in run.results:
        assert run.tool.driver.rules[each.rule_index].id == each.rule_id


def test_a_clean_run_has_no_results() -> None:
    run = sarif_log.read(sarif(Outcome([], ["Dockerfile"])))

    assert run.results == []
    assert run.invocations[0].execution_successful
    assert run.column_kind == "unicodeCodePoints"


def test_a_finding_points_at_every_place() -> None:
    found = result(port_mismatch())

    [location] = found.locations
    assert location.physical_location.artifact_location == ArtifactLocation(
        uri="k8s/service.yaml", uri_base_id=BASE
    )
    assert location.physical_location.region == PORT
    assert location.logical_locations[0].fully_qualified_name == "Service/default/notify"
    assert [
        (each.id, each.message and each.message.text, each.physical_location.artifact_location.uri)
        for each in found.related_locations
    ] == [
        (1, "the WebSocket port declared here", "k8s/deployment.yaml"),
        (2, "and exposed here", "Dockerfile"),
    ]


def test_a_finding_says_how_bad_it_is_and_what_to_do() -> None:
    found = result(port_mismatch())

    assert found.level == "error"
    assert found.message.text.splitlines()[1] == "help: set `targetPort: ws`"
    assert len(found.partial_fingerprints[FINGERPRINT]) == 32


def test_a_safe_fix_comes_with_its_edits() -> None:
    [fix] = result(port_mismatch()).fixes

    [change] = fix.artifact_changes
    [replacement] = change.replacements
    assert change.artifact_location.uri == "k8s/service.yaml"
    assert replacement.deleted_region == PORT
    assert replacement.inserted_content.text == "ws"


@pytest.mark.parametrize(
    ("name", "location"),
    [
        ("k8s/ä b%.yaml", ArtifactLocation(uri="k8s/%C3%A4%20b%25.yaml", uri_base_id=BASE)),
        ("a:b.yaml", ArtifactLocation(uri="a%3Ab.yaml", uri_base_id=BASE)),
        ("../x.yaml", ArtifactLocation(uri="../x.yaml", uri_base_id=BASE)),
        ("/etc/x.yaml", ArtifactLocation(uri="file:///etc/x.yaml")),
        ("https://notify.example/ws", ArtifactLocation(uri="https://notify.example/ws")),
        ("\udcff.yaml", ArtifactLocation(uri="%FF.yaml", uri_base_id=BASE)),
    ],
    ids=ascii,
)
def test_a_path_becomes_a_uri(name: str, location: ArtifactLocation) -> None:
    place = Source(name, "x").span(0, 1)

    assert result(finding(place)).locations[0].physical_location.artifact_location == location


def test_an_exception_in_the_file_is_a_suppression() -> None:
    place = Source("Dockerfile", "FROM python # notifyctl: ignore[DF108]\n").span(5, 11)
    known = finding(place)

    for ignored, kind in ((Ignored("daily", place), "inSource"), (Ignored("daily"), "external")):
        found = result(Finding(known.rule, known.severity, known.problem, None, ignored))
        assert [each.kind for each in found.suppressions] == [kind]
        assert [each.justification for each in found.suppressions] == ["daily"]
    assert result(known).suppressions == []


def test_a_rule_brings_its_manual() -> None:
    place = Source("service.yaml", "x").span(0, 1)

    run = sarif_log.read(sarif(outcome(finding(place, "NV001"))))

    [descriptor] = run.tool.driver.rules
    assert descriptor.name == RULES["NV001"].name
    assert descriptor.default_configuration
    assert descriptor.default_configuration.level == "error"
    assert descriptor.help
    assert descriptor.help.markdown
    assert "**Bad**" in descriptor.help.markdown


def test_what_was_not_checked_is_told() -> None:
    run = sarif_log.read(sarif(Outcome([], [], [Unchecked("k8s", "does not exist")])))

    [invocation] = run.invocations
    assert not invocation.execution_successful
    assert [each.message.text for each in invocation.tool_execution_notifications] == [
        "not checked: k8s does not exist"
    ]


def test_what_a_cluster_answered_has_no_region() -> None:
    place = Source("Deployment notify/notify", "").span(0, 0)

    assert result(finding(place)).locations[0].physical_location.region is None
