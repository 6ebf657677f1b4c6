"""What a workload names and others must bring: ConfigMaps, Secrets, claims and accounts."""

from collections.abc import Iterator

import msgspec

from notifyctl.validate.kubernetes.workload import Workload
from notifyctl.validate.tree import Node


class Reference(msgspec.Struct, frozen=True):
    """A workload's mention of another object; `key` is missing if it takes all of it."""

    kind: str
    name: Node
    key: Node | None
    optional: bool


def references_of(workload: Workload) -> Iterator[Reference]:
    """Everything that the pods of a workload need."""
    pod = workload.pod
    account = pod["serviceAccountName"]
    if account.text not in (None, "default"):
        yield Reference("ServiceAccount", account, None, optional=False)
    for volume in pod["volumes"].items:
        for kind, each in (("ConfigMap", volume["configMap"]), ("Secret", volume["secret"])):
            name = each["name"] or each["secretName"]
            keys: list[Node | None] = [item["key"] for item in each["items"].items]
            for key in keys or [None]:
                yield Reference(kind, name, key, each["optional"].is_true)
        claim = volume["persistentVolumeClaim"]["claimName"]
        yield Reference("PersistentVolumeClaim", claim, None, optional=False)
    for container in workload.every_container:
        yield from _of_environment(container.node)


def _of_environment(container: Node) -> Iterator[Reference]:
    for item in container["env"].items:
        for kind, key in (("ConfigMap", "configMapKeyRef"), ("Secret", "secretKeyRef")):
            each = item["valueFrom"][key]
            yield Reference(kind, each["name"], each["key"], each["optional"].is_true)
    for item in container["envFrom"].items:
        for kind, key in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            each = item[key]
            yield Reference(kind, each["name"], None, each["optional"].is_true)
