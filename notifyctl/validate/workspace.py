"""Everything that was read, as the rules look at it: each thing alone, and all together."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from notifyctl.validate.compose import Project, read_projects
from notifyctl.validate.dockerfile import Dockerfile, read_dockerfile
from notifyctl.validate.ignoring import ANNOTATION, Waiver, waivers_in, waivers_on
from notifyctl.validate.kubernetes import ManifestSet, Workload, read_sets
from notifyctl.validate.linking import Links, link
from notifyctl.validate.settings import Settings
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import Flaw, Reading


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

    def subjects(self) -> Iterator[Any]:
        """Everything that a rule may be about."""
        yield from self.flaws
        yield from self.dockerfiles
        for project in self.projects:
            yield project
            yield from project.services.values()
        for each in self.sets:
            yield from each.flaws
            yield each
            for manifest in each.manifests:
                yield manifest
                if isinstance(manifest, Workload):
                    yield from manifest.containers
                    yield from manifest.init_containers
        yield self

    def waivers(self) -> Iterator[Waiver]:
        """The exceptions that the files make."""
        for source in self.sources:
            yield from waivers_in(source)
        for each in self.sets:
            for manifest in each.manifests:
                yield from waivers_on(
                    manifest.node["metadata"]["annotations"][ANNOTATION], manifest.about
                )


def read_workspace(
    *,
    dockerfiles: Iterable[Source],
    compose: Mapping[str, tuple[Source, Reading]],
    kubernetes: Mapping[str, tuple[Source, Reading]],
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
        read_sets(kubernetes, settings),
        flaws,
        sources,
        texts,
        link(images, projects, settings),
        settings,
    )
