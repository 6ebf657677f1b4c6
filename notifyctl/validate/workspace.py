"""Everything that was read, as the rules look at it: each thing alone, and all together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from notifyctl.validate.compose import Project, Service, read_projects
from notifyctl.validate.dockerfile import Dockerfile, read_dockerfile
from notifyctl.validate.ignoring import ANNOTATION, Waiver, waivers_in, waivers_on
from notifyctl.validate.kubernetes import ManifestSet, Workload, read_sets
from notifyctl.validate.linking import Links, link
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Flaw, Source
from notifyctl.validate.yaml_reader import Files


class Workspace(msgspec.Struct, frozen=True):
    """What was read: Dockerfiles, projects of compose, sets of manifests, and what is broken."""

    dockerfiles: list[Dockerfile]
    projects: list[Project]
    sets: list[ManifestSet]
    flaws: list[Flaw]
    sources: list[Source]
    # Any other file, by its path, if it is there: what compose mounts, for example.
    texts: Mapping[str, Source]
    links: Links
    settings: Settings

    @property
    def services(self) -> Iterator[Service]:
        """The services of all projects."""
        for project in self.projects:
            yield from project.services.values()

    def subjects(self) -> Iterator[Any]:
        """Everything that a rule may be about, but for what is in the sets."""
        yield from self.flaws
        yield from self.dockerfiles
        yield from self.projects
        yield from self.services
        yield self

    def waivers(self) -> Iterator[Waiver]:
        """The exceptions that comments make."""
        for source in self.sources:
            yield from waivers_in(source)


def subjects_of(manifests: ManifestSet) -> Iterator[Any]:
    """Everything in a set that a rule may be about."""
    yield from manifests.flaws
    yield manifests
    for manifest in manifests.manifests:
        yield manifest
        if isinstance(manifest, Workload):
            yield from manifest.containers


def waivers_of(manifests: ManifestSet) -> Iterator[Waiver]:
    """The exceptions that the objects of a set make for themselves."""
    for manifest in manifests.manifests:
        annotation = manifest.node["metadata"]["annotations"][ANNOTATION]
        yield from waivers_on(annotation, manifest.about)


def read_workspace(
    *,
    dockerfiles: Iterable[Source],
    compose: Files,
    kubernetes: Files,
    texts: Mapping[str, Source],
    settings: Settings,
) -> Workspace:
    """Make of texts what they mean. `texts` has any other file, by its path."""
    read = [read_dockerfile(source) for source in dockerfiles]
    flaws = [flaw for each in read for flaw in each.flaws]
    sources = [*dockerfiles]
    for documents in (compose, kubernetes):
        for source, reading in documents.values():
            flaws += reading.flaws
            sources.append(source)
    images = [each.dockerfile for each in read if each.dockerfile is not None]
    projects = read_projects(compose, settings, texts)
    return Workspace(
        images,
        projects,
        read_sets(kubernetes),
        flaws,
        sources,
        texts,
        link(images, projects, settings),
        settings,
    )
