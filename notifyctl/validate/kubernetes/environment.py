"""A container's environment with what its ConfigMaps bring."""

from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.kubernetes.manifest_set import ManifestSet
from notifyctl.validate.kubernetes.workload import Container
from notifyctl.validate.source import Span, Written
from notifyctl.validate.tree import Node


def variable_of(container: Container, name: str, manifests: ManifestSet) -> Written | None:
    """A variable of a container: its own, or one of a ConfigMap that the files have.

    None if it is not set, as far as the files tell.
    """
    own = container.env.get(name)
    if own is None:
        return _from_maps(container, name, manifests)
    reference = own.node["valueFrom"]["configMapKeyRef"]
    if reference.exists:
        value = _entry(reference["name"], reference["key"].string, container, manifests)
        return _variable(value.text, value.span) if value else Written(None, own.span)
    return _variable(own.text, own.span)


def names_of_variables(container: Container, manifests: ManifestSet) -> list[str] | None:
    """The names of all its variables; None if Secrets, or maps from elsewhere, may bring more."""
    names = list(container.env)
    for item in container.node["envFrom"].items:
        name, prefix = item["configMapRef"]["name"], item["prefix"].string
        maps = _maps(name, container, manifests) if name.exists else []
        if not maps or any(each.has_unknown_keys for each in maps):
            return None
        names += [prefix + key for each in maps for key in each.node["data"].entries]
    return names


def _from_maps(container: Container, name: str, manifests: ManifestSet) -> Written | None:
    found = None
    for item in container.node["envFrom"].items:
        reference, prefix = item["configMapRef"]["name"], item["prefix"].string
        if not reference.exists or not name.startswith(prefix):
            continue
        value = _entry(reference, name.removeprefix(prefix), container, manifests)
        if value is not None:
            # The last of several counts, as for Kubernetes.
            found = _variable(value.text, value.span)
    return found


def _variable(text: str | None, span: Span) -> Written:
    # `$(OTHER)` is put in by Kubernetes, `${OTHER}` by whoever applies the file.
    is_known = text is not None and not ("$(" in text or "${" in text)
    return Written(text if is_known else None, span)


def _entry(map_name: Node, key: str, container: Container, manifests: ManifestSet) -> Node | None:
    """The value of a key of a ConfigMap, the nearest of several of this name that has it."""
    for found in _maps(map_name, container, manifests):
        value = found.node["data"][key]
        if value.exists:
            return value
    return None


def _maps(name: Node, container: Container, manifests: ManifestSet) -> list[Manifest]:
    workload = container.workload
    return manifests.named("ConfigMap", name.string, workload.namespace, workload.source)
