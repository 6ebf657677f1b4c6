"""Everything that was read, as rules look at it."""

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.dockerfile import Dockerfile
from notifyctl.validate.kubernetes import Container, ManifestSet, Workload
from notifyctl.validate.source import Flaw
from notifyctl.validate.workspace import Workspace, subjects_of, waivers_of
from tests.support.validating import workspace

POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: notify
  annotations: {notifyctl.dev/ignore: K8302 on purpose}
spec: {containers: [{name: notify, image: "notifyctl:1"}]}
"""
FILES = {
    "Dockerfile": 'FROM a:1\n# notifyctl: ignore[DF105] reason="on purpose"\nCMD ["a"]\n',
    "compose.yaml": "services: {a: {image: b}}\n",
    "pod.yaml": POD,
    "broken.yaml": "apiVersion: v1\nkind: A\na: [\n",
}


def test_everything_is_a_subject_once() -> None:
    everything = workspace(FILES)

    assert [type(each) for each in everything.subjects()] == [
        Flaw,
        Dockerfile,
        Project,
        Service,
        Workspace,
    ]
    (manifests,) = everything.sets
    assert [type(each) for each in subjects_of(manifests)] == [ManifestSet, Workload, Container]


def test_exceptions_come_from_comments_and_from_annotations() -> None:
    everything = workspace(FILES)

    assert [waiver.rules for waiver in everything.waivers()] == [("DF105",)]
    assert [waiver.rules for waiver in waivers_of(everything.sets[0])] == [("K8302",)]
