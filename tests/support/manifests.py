"""Manifests as short texts, and what they are read as."""

from typing import Final

from notifyctl.validate.kubernetes import Container, ManifestSet, Workload
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import read_yaml
from tests.support.validating import workspace

SERVICE: Final = """\
apiVersion: v1
kind: Service
metadata: {name: notify}
spec: {selector: {app: notify}, ports: [{name: http, port: 80, targetPort: http}]}
"""


def tree(text: str, name: str = "manifest.yaml") -> Node:
    """The only document of a text."""
    (document,) = read_yaml(Source(name, text)).documents
    return document


def pod(container: str = "", spec: str = "", image: str = "notifyctl:0.1.0") -> str:
    """A Pod with one container; more of both in flow style, as `ports: [{containerPort: 1}]`."""
    return _whole(f"""\
apiVersion: v1
kind: Pod
metadata: {{name: notify, labels: {{app: notify}}}}
spec: {{{spec + ", " if spec else ""}containers: [{{name: notify, image: "{image}"\
{", " + container if container else ""}}}]}}
""")


def deployment(
    container: str = "",
    *,
    spec: str = "",
    pod: str = "",
    kind: str = "Deployment",
    image: str = "notifyctl:0.1.0",
    name: str = "notify",
    labels: str = "app: notify",
) -> str:
    """A Deployment with one container; more of its parts in flow style."""
    return _whole(f"""\
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: notify}}}}
  template:
    metadata: {{labels: {{{labels}}}}}
    spec: {{{pod + ", " if pod else ""}containers: [{{name: notify, image: "{image}"\
{", " + container if container else ""}}}]}}
{"".join(f"  {line}" + chr(10) for line in spec.splitlines())}""")


def _whole(text: str) -> str:
    """A text that is YAML: what cannot be read would bring no finding, and prove nothing."""
    tree(text)
    return text


def together(*texts: str) -> str:
    """Several documents in one file."""
    return "---\n".join(texts)


def read(files: dict[str, str]) -> list[ManifestSet]:
    """The sets that some files hold."""
    return workspace(files).sets


def only_set(files: dict[str, str] | str) -> ManifestSet:
    """The only set that some files, or a single text, hold."""
    (found,) = read({"manifest.yaml": files} if isinstance(files, str) else files)
    return found


def only_workload(text: str) -> Workload:
    """The only workload in a text."""
    (workload,) = only_set(text).workloads
    return workload


def only_container(text: str) -> Container:
    """The only container that the only workload in a text runs for ever."""
    (container,) = only_workload(text).containers
    return container
