"""What is known of images that others build upon, by their names alone.

Every answer may be None: nobody here knows. Rules that say "your base has no curl" or "your base
runs as root" speak only of images that are well known. What is said of them here is from
knowledge of those images, not from looking into them; in doubt an image is left out.
"""

import re
from typing import Final

from notifyctl.validate.image import DOCKER_HUB, Image
from notifyctl.validate.images import BASES, official_name

# Those of Docker's own that are made from Debian or Ubuntu where the tag names nothing else.
_FROM_DEBIAN: Final = """
    buildpack-deps debian eclipse-temurin elixir erlang golang haskell node perl php pypy python
    ruby rust ubuntu
"""
_DEBIAN: Final = frozenset(_FROM_DEBIAN.split())
# The distributions, and the `slim` variants of these, have nothing that speaks HTTP.
_BARE: Final = frozenset({"debian", "ubuntu"})
_SLIM: Final = frozenset({"node", "perl", "pypy", "python", "ruby", "rust"})
# Their `alpine` variants are Alpine with what they are named after, and nothing else.
_ALPINE: Final = frozenset({"golang", "node", "python", "ruby", "rust"})
# Run by a web server's master process that is root for its port, while those who work are not.
_MASTERS: Final = re.compile(r"\b(?:apache|fpm|zts-fpm)\b")
_WINDOWS: Final = re.compile(r"nanoserver|windowsservercore|windows|ltsc20")
_OTHER_SYSTEM: Final = re.compile(
    r"alpine|windows|nanoserver|ubi\d|centos|oracle|amazon|azurelinux|cbl"
)
_DOTNET: Final = re.compile(r"dotnet/(?:aspnet|runtime|runtime-deps)")
_NOT_ROOT_DOTNET: Final = re.compile(r"chiseled|distroless|extra")
_DISTROLESS: Final = "distroless/"

HTTP_TOOLS: Final = frozenset({"curl", "wget"})


def is_scratch(image: Image) -> bool:
    """Whether there is no base at all."""
    return image == Image(DOCKER_HUB, "scratch")


def is_distroless(image: Image) -> bool:
    """Whether this is one of Google's images without a shell."""
    return image.registry == "gcr.io" and image.repository.startswith(_DISTROLESS)


def is_windows(image: Image) -> bool:
    """Whether containers of it run Windows, where users, shells and signals are others."""
    is_microsoft = image.registry == "mcr.microsoft.com"
    return bool(_WINDOWS.search(image.tag)) or (
        is_microsoft and image.repository.startswith("windows")
    )


def has_no_healthcheck(image: Image) -> bool:
    """Whether the image is known to have no HEALTHCHECK of its own."""
    return is_scratch(image) or is_distroless(image) or official_name(image) in BASES


def runs_as_root(image: Image) -> bool | None:
    """Whether what starts in the image is root, unless a USER says otherwise."""
    if is_windows(image):
        return None
    if is_scratch(image):
        return True
    if is_distroless(image):
        return "nonroot" not in image.tag
    if image.registry == "mcr.microsoft.com" and _DOTNET.fullmatch(image.repository):
        return None if _NOT_ROOT_DOTNET.search(image.tag) else True
    name = official_name(image)
    if name == "php" and _MASTERS.search(image.tag):
        return None
    return True if name in BASES else None


def missing_tools(image: Image) -> frozenset[str]:
    """Which of the programs that speak HTTP the image is known not to have."""
    if is_windows(image):
        return frozenset()
    if is_scratch(image) or is_distroless(image):
        return HTTP_TOOLS
    if image.registry == "mcr.microsoft.com" and _DOTNET.fullmatch(image.repository):
        return frozenset() if _OTHER_SYSTEM.search(image.tag) else HTTP_TOOLS
    name = official_name(image)
    if name in _BARE or (name in _SLIM and "slim" in image.tag):
        return HTTP_TOOLS
    if name == "alpine" or (name in _ALPINE and "alpine" in image.tag):
        return frozenset({"curl"})  # Its busybox has a wget.
    return frozenset({"curl"}) if name == "busybox" else frozenset()


def has_no_shell(image: Image) -> bool:
    """Whether nothing in the image could read a command line."""
    return is_scratch(image) or (is_distroless(image) and "debug" not in image.tag)


def uses_dash(image: Image) -> bool:
    """Whether `/bin/sh` of the image is known to be Debian's dash."""
    return official_name(image) in _DEBIAN and not _OTHER_SYSTEM.search(image.tag)
