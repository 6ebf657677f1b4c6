"""Asks the API server what it would do with each document, without doing it."""

from collections.abc import Iterable
from typing import Any

import msgspec

from notifyctl.errors import ClusterUnreachable
from notifyctl.validate.check import chosen_rules, findings_about
from notifyctl.validate.cluster.answers import Answer, ServerAnswer, lacks_right, read_answer
from notifyctl.validate.cluster.connection import ApiServer, connect
from notifyctl.validate.cluster.reading import api_path
from notifyctl.validate.finding import Finding
from notifyctl.validate.kubernetes import Manifest, ManifestSet
from notifyctl.validate.outcome import Unchecked
from notifyctl.validate.progress import Progress
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node, Scalar

_ONLY_ASK = {"dryRun": "All", "fieldValidation": "Strict", "fieldManager": "notifyctl-validate"}
_YES = frozenset({"y", "yes", "on"})


class DryRunOutcome(msgspec.Struct, frozen=True):
    """What the API server says about the files. `skipped` says what was not asked, and why."""

    findings: list[Finding]
    documents: int
    skipped: list[str]
    unchecked: list[Unchecked]


def dry_run(
    sets: Iterable[ManifestSet],
    context: str | None,
    namespace: str | None,
    settings: Settings,
    *,
    kubeconfig: str | None = None,
    progress: Progress,
) -> DryRunOutcome:
    """Send each document of the files to the API server with `dryRun=All`."""
    rules = chosen_rules(settings).values()
    answers: list[ServerAnswer] = []
    skipped: dict[str, None] = {}
    unchecked: list[Unchecked] = []
    try:
        with connect(context, kubeconfig) as server:
            asker = _Asker(server, namespace or server.namespace)
            for manifest in _each_once(sets):
                progress(f"asking about {manifest.kind} {manifest.name}", passing=True)
                said = asker.ask(manifest)
                if isinstance(said, ServerAnswer):
                    answers.append(said)
                else:
                    skipped[said] = None
    except ClusterUnreachable as error:
        unchecked.append(Unchecked("API server", f"cannot be checked: {error.details['reason']}"))
    findings = findings_about(answers, rules, settings, unchecked)
    findings.sort(key=lambda finding: finding.order)
    return DryRunOutcome(findings, len(answers), list(skipped), unchecked)


def as_sent(node: Node) -> Any:
    """A document as `kubectl` sends it: plain `yes` and `off` are booleans to Kubernetes."""
    if isinstance(node, Scalar) and node.is_old_boolean:
        return node.raw.lower() in _YES
    if node.entries:
        return {name: as_sent(entry.value) for name, entry in node.entries.items()}
    return [as_sent(item) for item in node.items] if node.items else node.plain()


class _Asker:
    """Finds out where each kind belongs, and asks about one document after the other."""

    def __init__(self, server: ApiServer, namespace: str) -> None:
        self._server = server
        self._namespace = namespace
        self._known: dict[str, Answer] = {}

    def ask(self, manifest: Manifest) -> ServerAnswer | str:
        """What the server says about a document, or a sentence about why it was not asked."""
        body = as_sent(manifest.node)
        place = self._place(manifest)
        if place is None:
            unknown = f"this cluster knows no {manifest.kind} of {manifest.api_version}"
            return read_answer(manifest, Answer(404, {"message": unknown}))
        answer = self._server.create(place, body, **_ONLY_ASK)
        if answer.status == 409 and manifest.name:
            # It is there already: what counts is whether it may be changed to this.
            answer = self._server.apply(f"{place}/{manifest.name}", body, force="true", **_ONLY_ASK)
        if lacks_right(answer):
            return f"{manifest.kind} skipped: forbidden"
        if answer.status == 404:
            where = manifest.namespace or self._namespace
            return f"{manifest.kind} {manifest.name} skipped: there is no namespace {where!r} yet"
        if answer.status >= 500 or answer.status == 429 or "dry run" in answer.message:
            return f"{manifest.kind} {manifest.name} skipped: {answer.message}"
        return read_answer(manifest, answer)

    def _place(self, manifest: Manifest) -> str | None:
        """The path to send a document to; None for a kind that the server does not know."""
        version = manifest.api_version
        if version not in self._known:
            self._known[version] = self._server.get(api_path(version))
        known = self._known[version]
        if known.status not in (200, 404):
            raise ClusterUnreachable(reason=f"{self._server.name} says: {known.message}")
        for resource in known.body.get("resources") or []:
            if resource.get("kind") == manifest.kind and "/" not in resource.get("name", "/"):
                namespace = manifest.namespace or self._namespace
                inside = f"/namespaces/{namespace}" if resource.get("namespaced") else ""
                return f"{api_path(version)}{inside}/{resource['name']}"
        return None


def _each_once(sets: Iterable[ManifestSet]) -> Iterable[Manifest]:
    """The manifests of all sets; those that overlays share come once."""
    seen: set[bytes] = set()
    for manifest in (each for one in sets for each in one.manifests):
        body = msgspec.json.encode(as_sent(manifest.node))
        if body not in seen:
            seen.add(body)
            yield manifest
