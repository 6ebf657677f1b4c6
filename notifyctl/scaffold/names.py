"""The names that people choose for an installation, and which of them work everywhere."""

import re
from typing import Final

import msgspec
import yaml

from notifyctl.errors import UsageError

# A label of DNS that begins with a letter, as Kubernetes wants it for a Service.
_LABEL: Final = re.compile(r"[a-z](?:[a-z0-9-]*[a-z0-9])?")
_LABEL_LENGTH: Final = 63
# What is named after it has to be a label, too: the longest is `NAME-valkey-0`.
_NAME_LENGTH: Final = 50
_DOMAIN: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?:{_DOMAIN}\.)*(?=[a-z]){_DOMAIN}")
_HOST_LENGTH: Final = 253
_PART: Final = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?{_PART}(?:/{_PART})*")
_TAG: Final = re.compile(r"\w[\w.-]{0,127}", re.ASCII)


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation is called."""

    name: str
    namespace: str
    host: str
    repository: str
    tag: str

    @property
    def image(self) -> str:
        """The image, as `docker build --tag` takes it."""
        return f"{self.repository}:{self.tag}"


def chosen(*, name: str, namespace: str, host: str, image: str, version: str) -> Names:
    """The names if they work; an image without a tag gets the version.

    Raises `UsageError` with the first one that does not work.
    """
    _check_label("--name", name, _NAME_LENGTH)
    _check_label("--namespace", namespace, _LABEL_LENGTH)
    if not _HOST.fullmatch(host) or len(host) > _HOST_LENGTH or not _is_text(host):
        raise UsageError(
            problem=f"{host!r} cannot be a --host; give a hostname in lower case, without scheme, "
            "port or path, such as notify.example.org."
        )
    repository, tag = split_image(image)
    if not _REPOSITORY.fullmatch(repository) or not _is_text(repository):
        raise UsageError(
            problem=f"{image!r} cannot be an --image; give a name and a tag, such as "
            "registry.example.org/notify:1.0."
        )
    tag = version if tag is None else tag
    if not _TAG.fullmatch(tag) or tag == "latest":
        raise UsageError(
            problem=f"{tag!r} cannot be the tag of an --image; give one that always means the same "
            "build, such as 1.0."
        )
    return Names(name=name, namespace=namespace, host=host, repository=repository, tag=tag)


def split_image(image: str) -> tuple[str, str | None]:
    """Take an image apart: its repository, and its tag if it has one.

    The colon before a registry's port begins no tag.
    """
    head, slash, last = image.rpartition("/")
    repository, colon, tag = last.partition(":")
    return head + slash + repository, tag if colon else None


def _check_label(option: str, text: str, length: int) -> None:
    if not _LABEL.fullmatch(text) or len(text) > length or not _is_text(text):
        raise UsageError(
            problem=f"{text!r} cannot be a {option}; use at most {length} lower-case letters, "
            "digits and hyphens, a letter first."
        )


def _is_text(text: str) -> bool:
    """Whether YAML takes it for a text: `yes`, `null` and `12:30` are something else there."""
    return bool(yaml.safe_load(text) == text)
