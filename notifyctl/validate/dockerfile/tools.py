"""Which programs an image has, as far as its Dockerfile and the name of its base tell."""

import posixpath
import re
from collections.abc import Iterable
from typing import Final

from notifyctl.validate.dockerfile.bases import HTTP_TOOLS, missing_tools
from notifyctl.validate.dockerfile.dockerfile import Dockerfile
from notifyctl.validate.dockerfile.instruction import Instruction
from notifyctl.validate.image import Image

# Nobody sees from here what these bring along: scripts, programs by their path, lists of packages
# that stand elsewhere.
_OPAQUE: Final = re.compile(
    r"\.sh\b|(?:^|[;&|(]\s*)\.{0,2}/\S|\bxargs\b|\bansible|\bpuppet|\bnix\b|\bconda\b|\bmamba\b"
    r"|\b(?:apt|apt-get|apk|dnf|yum|microdnf|tdnf|zypper|pacman)\b[^;&|\n]*\$",
    re.MULTILINE,
)
# Copied from another image, these may hold any program.
_FOLDERS: Final = re.compile(r"/?(?:rootfs|root|usr|usr/bin|bin|\.)?/?|.*\*.*")
_SYSTEM: Final = re.compile(r"/|/(?:usr/)?(?:local/)?s?bin/?")


def absent_tool(asked: Iterable[str], base: Image, dockerfile: Dockerfile | None) -> str:
    """The first program for HTTP among those that somebody starts, if the image has none of them.

    Empty if one may be there, and if none is asked for; `dockerfile` is None where nothing was
    built upon the base.
    """
    tools = [name for name in asked if name in HTTP_TOOLS]
    absent = missing_tools(base)
    for tool in tools:
        if tool not in absent or (dockerfile is not None and may_bring(dockerfile, tool)):
            return ""
    return tools[0] if tools else ""


def may_bring(dockerfile: Dockerfile, tool: str) -> bool:
    """Whether anything in the stages of the image may have brought a program."""
    for line in (*dockerfile.run_lines, " ".join(dockerfile.start_words)):
        if re.search(rf"\b{tool}\b", line):
            return True
    if any(_OPAQUE.search(line) for line in dockerfile.run_lines):
        return True
    copies = (
        each
        for stage in dockerfile.final.line
        for each in stage.instructions
        if each.keyword in ("ADD", "COPY")
    )
    return any(_may_copy(each, tool) for each in copies)


def _may_copy(copy: Instruction, tool: str) -> bool:
    *sources, target = [word.text for word in copy.arguments] or [""]
    if any(posixpath.basename(word) == tool or "busybox" in word for word in (*sources, target)):
        return True
    if any(_FOLDERS.fullmatch(word) for word in sources) and _SYSTEM.fullmatch(target):
        return True
    # An archive may hold anything; an image that is named after the tool is there for it.
    image = copy.flag("from")
    return copy.keyword == "ADD" or (image is not None and tool in image.value)
