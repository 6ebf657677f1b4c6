"""What the API server says about a document, at the fields of the file that it is about."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from notifyctl.validate.finding import Named
from notifyctl.validate.kubernetes import Manifest
from notifyctl.validate.source import Span
from notifyctl.validate.tree import Node, Scalar

_STRICT: Final = re.compile(r'(unknown|duplicate) field "([^"]+)"')
_TYPE: Final = re.compile(r"Go struct field \w+\.([\w.\[\]-]+) of type")
_WARNED_FIELD: Final = re.compile(r"((?:data|metadata|spec)[\w.\[\]/-]*): ")
_STEP: Final = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_ECHO: Final = re.compile(r"(?<=Invalid value: ).*|(?<=Unsupported value: ).*", re.DOTALL)
_RBAC: Final = re.compile(r"cannot (?:create|patch) resource")


class Answer(NamedTuple):
    """What the API server answered: a status, an object, and warnings beside it."""

    status: int
    body: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """Its own words about what went wrong."""
        return str(self.body.get("message") or f"it answered {self.status}")

    def part(self, name: str) -> dict[str, Any]:
        """An object within the body; an empty one if there is none."""
        found = self.body.get(name)
        return found if isinstance(found, dict) else {}


class Complaint(msgspec.Struct, frozen=True):
    """One thing that the server does not like, and where it is in the file."""

    message: str
    span: Span


class ServerAnswer(msgspec.Struct, frozen=True):
    """What the API server would do with a document."""

    manifest: Manifest
    refusals: tuple[Complaint, ...] = ()
    warnings: tuple[Complaint, ...] = ()

    @property
    def about(self) -> Named:
        """The object."""
        return self.manifest.about


def read_answer(manifest: Manifest, answer: Answer) -> ServerAnswer:
    """What an answer to a dry run says about the document that was sent."""
    refusals = () if answer.status < 300 else tuple(_refusals(manifest, answer))
    warnings = tuple(
        Complaint(warning, span_at(manifest, path[1] if path else "apiVersion"))
        for warning in answer.warnings
        for path in (_WARNED_FIELD.match(warning),)
    )
    return ServerAnswer(manifest, refusals, warnings)


def lacks_right(answer: Answer) -> bool:
    """Whether it is the person who may not ask, rather than the document that is not allowed."""
    return answer.status == 403 and bool(_RBAC.search(answer.message))


def span_at(manifest: Manifest, path: str) -> Span:
    """The place of a field as the API server writes it: `spec.containers[0].ports[1].name`.

    A field that is not there is shown by what it would be in.
    """
    node = manifest.node
    if not path:
        name = node["metadata"]["name"]
        return name.span if name.exists else node.head
    for step in _STEP.finditer(path):
        node = _step(node, step[1] if step[1] is not None else step[2])
        if not node.exists:
            break
    return node.span if isinstance(node, Scalar) and node.exists else node.head


def _step(node: Node, name: str) -> Node:
    """One step of a path. A list may be passed without a number: then its first fitting item."""
    if not node.items:
        return node[name]
    if name.isdigit():
        return node.items[int(name)] if int(name) < len(node.items) else node[name]
    return next((item[name] for item in node.items if name in item), node[name])


def _refusals(manifest: Manifest, answer: Answer) -> Iterator[Complaint]:
    causes = answer.part("details").get("causes") or []
    found = False
    for cause in causes:
        if isinstance(cause, dict) and cause.get("message"):
            found = True
            path = str(cause.get("field") or "")
            said = _without_secrets(manifest, str(cause["message"]))
            # The server says <nil> for what concerns no field.
            known = path if path and not path.startswith("<") else ""
            yield Complaint(f"`{known}`: {said}" if known else said, span_at(manifest, known))
    if found:
        return
    for what, path in _STRICT.findall(answer.message):
        found = True
        yield Complaint(f"{what} field `{path}`", _key_at(manifest, path))
    if not found:
        field = _TYPE.search(answer.message)
        where = span_at(manifest, field[1] if field else "")
        yield Complaint(_without_secrets(manifest, answer.message), where)


def _key_at(manifest: Manifest, path: str) -> Span:
    """The key of a field rather than its value: it is the key that is wrong."""
    parent, _, name = path.rpartition(".")
    node = manifest.node
    for step in _STEP.finditer(parent):
        node = _step(node, step[1] if step[1] is not None else step[2])
    entry = node.entries.get(name)
    return entry.key.span if entry else span_at(manifest, path)


def _without_secrets(manifest: Manifest, message: str) -> str:
    """A Secret's values are not repeated."""
    return _ECHO.sub("***", message) if manifest.kind == "Secret" else message
