import pytest

from notifyctl.validate.finding import Severity
from tests.support.validating import findings, found

PDB = """\
apiVersion: {}
kind: PodDisruptionBudget
metadata: {{name: notify}}
spec: {{maxUnavailable: 1, selector: {}}}
"""
SELECTOR = "{matchLabels: {app: notify}}"
INGRESS = """\
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: notify}
spec: {backend: {serviceName: notify, servicePort: 8000}}
"""


DEPLOYMENT = """\
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: notify}
spec:
  selector: {matchLabels: {app: notify}}
  template:
    metadata: {labels: {app: notify}}
    spec: {containers: [{name: notify, image: "notify:1.0"}]}
"""


def test_a_misspelled_probe_is_found_where_it_stands() -> None:
    pod = """\
apiVersion: v1
kind: Pod
metadata: {name: notify}
spec:
  containers:
    - name: notify
      image: notify:1.0
      livenessprobe: {tcpSocket: {port: 8001}}
"""

    assert found({"pod.yaml": pod}, "NV002") == [("pod.yaml", 8, "livenessprobe")]


def test_all_documents_of_a_file_are_looked_at() -> None:
    service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {port: 80}\n"

    assert found({"services.yaml": f"{service}---\n{service}"}, "NV002") == [
        ("services.yaml", 4, "port"),
        ("services.yaml", 9, "port"),
    ]


def test_the_version_of_the_settings_counts() -> None:
    manifest = {"pdb.yaml": PDB.format("policy/v1beta1", SELECTOR)}

    def severities(version: str) -> list[Severity]:
        all_of_them = findings(manifest, kubernetes_version=version)
        return [finding.severity for finding in all_of_them if finding.rule == "NV004"]

    assert severities("1.20") == []
    assert severities("1.21") == [Severity.WARNING]
    assert severities("1.24") == [Severity.WARNING]
    assert severities("1.25") == [Severity.ERROR]
    assert severities("") == [Severity.ERROR]


def test_a_removed_version_is_replaced_where_nothing_else_changed() -> None:
    def fixes(text: str) -> list[str]:
        all_of_them = findings({"manifest.yaml": text})
        fixes = [each.problem.fix for each in all_of_them if each.rule == "NV004"]
        return [edit.text for fix in fixes if fix for edit in fix.edits]

    assert fixes(PDB.format("policy/v1beta1", SELECTOR)) == ["policy/v1"]
    assert fixes(PDB.format('"policy/v1beta1"', SELECTOR)) == ['"policy/v1"']
    assert fixes(PDB.format("policy/v1beta1", "{}")) == [], "it would be for all pods now"
    assert fixes(PDB.format("policy/v1beta1", "{matchLabel: a}")) == [], "it is wrong as it is"
    assert fixes(INGRESS) == []
    assert fixes(DEPLOYMENT) == [], "other values are assumed for what is not there"


def test_what_nobody_replaces_is_told_so() -> None:
    text = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: a}\nspec: {}\n"
    (finding,) = [each for each in findings({"psp.yaml": text}) if each.rule == "NV004"]

    assert finding.problem.message == (
        "`PodSecurityPolicy` of `policy/v1beta1` is not served by Kubernetes since 1.25"
    )
    assert finding.problem.help.startswith("nothing takes its place")


def test_every_file_of_a_project_is_held_against_the_schema() -> None:
    files = {
        "compose.yaml": "services:\n  web: {image: a, port: ['80:80']}\n",
        "compose.override.yaml": "services:\n  web: {imagee: b}\n",
    }

    assert sorted(found(files, "NV003")) == [
        ("compose.override.yaml", 2, "imagee"),
        ("compose.yaml", 2, "port"),
    ]


def test_an_override_may_leave_a_value_empty() -> None:
    files = {
        "compose.yaml": "services:\n  web: {image: a, environment: [A=1]}\n",
        "compose.override.yaml": "services:\n  web:\n    environment:\n",
    }

    assert found(files, "NV003") == []


def test_names_that_lead_nowhere_are_found() -> None:
    files = {"compose.yaml": "services:\n  web: {image: a, depends_on: [db]}\n"}

    assert found(files, "NV003") == [("compose.yaml", 2, "db")]


@pytest.mark.parametrize("text", ["services: [a]\n", "services: {web: }\n", "services: a\n"])
def test_services_that_are_none_are_found(text: str) -> None:
    assert len(found({"compose.yaml": text}, "NV003")) == 1
