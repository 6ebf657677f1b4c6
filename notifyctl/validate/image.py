"""The name of an image, taken apart: `registry/repository:tag@digest`."""

import re
from typing import Final

import msgspec

DOCKER_HUB: Final = "docker.io"
_NAME: Final = re.compile(
    r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*"
)


class Image(msgspec.Struct, frozen=True):
    """An image by its name.

    `repository` is without the registry; for an official image of Docker Hub it is one word, also
    where it is written `docker.io/library/python`. Tag and digest are empty if they are not there.
    """

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """The last word of the repository."""
        return self.repository.rpartition("/")[2]

    @property
    def may_be_official(self) -> bool:
        """Whether it is named as Docker's own images are: one word, and no owner."""
        return self.registry == DOCKER_HUB and "/" not in self.repository

    @property
    def is_floating(self) -> bool:
        """Whether the name means another image tomorrow: it has no tag, or `latest`."""
        return not self.digest and self.tag in ("", "latest")


def read_image(text: str) -> Image | None:
    """The parts of an image's name; None if it is none.

    >>> read_image("docker.io/library/python:3.13-slim")
    Image(registry='docker.io', repository='python', tag='3.13-slim', digest='')
    """
    name, _, digest = text.partition("@")
    head, slash, tail = name.rpartition("/")
    tail, _, tag = tail.partition(":")
    path = head + slash + tail
    registry, slash, repository = path.partition("/")
    if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
        registry, repository = DOCKER_HUB, path
    if registry in (DOCKER_HUB, "index.docker.io", "registry-1.docker.io"):
        registry = DOCKER_HUB
        repository = repository.removeprefix("library/")
    if not _NAME.fullmatch(repository):
        return None
    return Image(registry, repository, tag, digest)
