"""Objects as an API server answers them, written down as a text that findings can point at."""

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import yaml
from yaml.cyaml import CSafeDumper

from notifyctl.validate.kubernetes.manifest import Manifest
from notifyctl.validate.source import Source
from notifyctl.validate.tree import OLD_BOOLEANS, resolve
from notifyctl.validate.yaml_reader import read_yaml

JsonObject: TypeAlias = dict[str, Any]

_WIDEST: Final = 100_000
_LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"
_VALUES: Final = ("data", "stringData", "binaryData")


class _Dumper(CSafeDumper):
    """Writes what our reader reads: it knows numbers (`1e3`) that PyYAML takes for strings."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    if not isinstance(resolve(text), str) or text in OLD_BOOLEANS:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)


def manifest_of(kind: str, api_version: str, live: JsonObject) -> Manifest | None:
    """An object of a list, whose items say neither kind nor version; None if it has no name."""
    metadata = live.get("metadata")
    name = metadata.get("name") if isinstance(metadata, Mapping) else None
    if not isinstance(metadata, Mapping) or not name:
        return None
    kept = {**without_secrets(kind, live), "apiVersion": api_version, "kind": kind}
    ordered = {key: kept.pop(key) for key in ("apiVersion", "kind", "metadata")} | kept
    source = Source(f"cluster:{metadata.get('namespace') or ''}/{kind}/{name}", as_yaml(ordered))
    documents = read_yaml(source).documents
    return Manifest(source, documents[0]) if documents else None


def without_secrets(kind: str, live: JsonObject) -> JsonObject:
    """An object without the values of a Secret, and without what only the server needs.

    What was applied last is left out of every object: a Secret's holds all values once more.
    """
    kept = dict(live)
    metadata = kept.get("metadata")
    if isinstance(metadata, dict):
        kept["metadata"] = metadata = {**metadata}
        metadata.pop("managedFields", None)
        annotations = metadata.get("annotations")
        if isinstance(annotations, dict):
            others = {name: text for name, text in annotations.items() if name != _LAST_APPLIED}
            metadata["annotations"] = others
    for name in _VALUES if kind == "Secret" else ("binaryData",):
        if isinstance(kept.get(name), dict):
            kept[name] = dict.fromkeys(kept[name], "")
    return kept


def is_owned(manifest: Manifest) -> bool:
    """Whether another object made this one, and would make it again."""
    owners = manifest.node["metadata"]["ownerReferences"].items
    return any(owner["controller"].is_true for owner in owners)


def as_yaml(value: JsonObject) -> str:
    """A value as YAML in which every string is read as a string again."""
    return yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDEST)
