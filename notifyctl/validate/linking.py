"""Which Dockerfile makes the image that a service of compose or a container runs.

By the image's name or by what compose builds, never by the folder: Dockerfiles of several programs
often stand side by side.
"""

import posixpath
from collections.abc import Iterable, Iterator

import msgspec

from notifyctl.validate.compose import Project, Service
from notifyctl.validate.dockerfile import Dockerfile
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes import Container, ManifestSet
from notifyctl.validate.settings import Settings


class Links(msgspec.Struct, frozen=True):
    """The Dockerfiles by their paths, those of images by repository, and the one of the service.

    `made` are the repositories of all images that are built here, from whatever Dockerfiles.
    """

    by_path: dict[str, Dockerfile]
    by_repository: dict[str, Dockerfile]
    made: frozenset[str]
    service: Dockerfile | None

    def of_service(self, service: Service, settings: Settings) -> Dockerfile | None:
        """What makes the image of a service of compose."""
        if service.build is not None:
            found = self.by_path.get(service.build.dockerfile or "")
            return found if found and _is_final(found, service.build.target) else None
        return self._named(service.image or "", service.holds_sockets(settings))

    def of_container(self, container: Container, settings: Settings) -> Dockerfile | None:
        """What makes the image of a container."""
        return self._named(container.image, container.holds_sockets(settings))

    def _named(self, image: str, holds_sockets: bool) -> Dockerfile | None:
        parts = read_image(image)
        if parts is None:
            return None
        if parts.repository in self.made:
            return self.by_repository.get(parts.repository)
        return self.service if holds_sockets else None


def link(
    dockerfiles: Iterable[Dockerfile], projects: Iterable[Project], settings: Settings
) -> Links:
    """Find out which Dockerfile makes which image.

    The notification service needs no names: if one Dockerfile alone makes it, that one does.
    """
    by_path = {posixpath.normpath(each.source.name): each for each in dockerfiles}
    made: dict[str, set[str]] = {}
    for image, path in _names(projects, settings):
        parts = read_image(image)
        if parts:
            made.setdefault(parts.repository, set()).add(posixpath.normpath(path))
    by_repository = {
        repository: by_path[next(iter(paths))]
        for repository, paths in made.items()
        # An image that several make, for production and for development, is nobody's.
        if len(paths) == 1 and paths <= by_path.keys()
    }
    ours = [each for each in by_path.values() if each.holds_sockets(settings)]
    service = ours[0] if len(ours) == 1 else None
    return Links(by_path, by_repository, frozenset(made), service)


def _names(projects: Iterable[Project], settings: Settings) -> Iterator[tuple[str, str]]:
    """Images and the Dockerfiles that make them, as compose files and settings say it."""
    for project in projects:
        for service in project.services.values():
            if service.build and service.build.dockerfile and service.image_parts:
                yield service.image_parts.repository, service.build.dockerfile
    yield from settings.images.items()


def _is_final(dockerfile: Dockerfile, target: str | None) -> bool:
    """Whether a target is the last stage, which everything that is said of the image is about."""
    return target is None or target == dockerfile.final.name


def socket_containers(
    sets: Iterable[ManifestSet], settings: Settings
) -> Iterator[tuple[ManifestSet, Container]]:
    """The containers that are the notification service, each with its set."""
    for each in sets:
        for workload in each.workloads:
            for container in workload.containers:
                if container.holds_sockets(settings):
                    yield each, container


def socket_services(projects: Iterable[Project], settings: Settings) -> Iterator[Service]:
    """The services of compose that are the notification service."""
    for project in projects:
        for service in project.services.values():
            if service.holds_sockets(settings):
                yield service
