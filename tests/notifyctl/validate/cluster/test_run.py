"""The rules for files run on what is live, beside those for clusters."""

from notifyctl.validate.cluster.run import check_cluster
from notifyctl.validate.settings import Settings
from tests.support.live_namespace import GOOD, TODAY, changed, cluster_of
from tests.support.validating import workspace

FILE = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec: {template: {spec: {containers: [{name: notify, image: "notifyd:2"}]}}}
"""


def test_rules_for_files_find_what_is_wrong_in_a_live_object() -> None:
    lame = changed(("          readinessProbe: {httpGet: {path: /readyz, port: http}}\n", ""))

    found = check_cluster(cluster_of(lame), [], Settings(), TODAY)

    (finding,) = [each for each in found if each.rule == "K8301"]
    assert finding.span.source.name == "cluster:notify/Deployment/notify"


def test_rules_about_how_files_are_written_are_silent() -> None:
    hidden = changed(("key: jwt-secret", "key: gone"), ("data: {jwt-secret: ", "data: {password: "))

    rules = {each.rule for each in check_cluster(cluster_of(hidden), [], Settings(), TODAY)}

    assert "CL604" in rules
    assert not rules & {"K8319", "XF410"}


def test_it_is_compared_with_the_files() -> None:
    sets = workspace({"manifest.yaml": FILE}).sets

    found = check_cluster(cluster_of(GOOD), sets, Settings(select=("CL",)), TODAY)

    assert ("CL603", '"notifyd:2"') in [(each.rule, each.span.text) for each in found]


def test_an_annotation_of_a_live_object_makes_an_exception() -> None:
    annotated = changed(
        (
            "metadata: {name: notify, generation: 3}",
            "metadata: {name: notify, generation: 3, annotations: "
            '{notifyctl.dev/ignore: "K8301 a proxy waits"}}',
        ),
        ("          readinessProbe: {httpGet: {path: /readyz, port: http}}\n", ""),
    )

    found = check_cluster(cluster_of(annotated), [], Settings(), TODAY)

    assert [each.ignored is not None for each in found if each.rule == "K8301"] == [True]
