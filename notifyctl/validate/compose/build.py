"""What the image of a service is built from: `build: ./app`, and the long form."""

from collections.abc import Callable

import msgspec

from notifyctl.validate.compose.interpolation import known
from notifyctl.validate.compose.names import is_remote, resolve
from notifyctl.validate.tree import Node


class Build(msgspec.Struct, frozen=True):
    """Where an image is built from. Paths are names of files; None where they are not known."""

    node: Node
    context: str | None
    dockerfile: str | None
    target: str | None


def read_build(node: Node, folder_of: Callable[[Node], str]) -> Build | None:
    """The build of a service in its long form; None if there is none. `folder_of` tells the folder
    that a node's relative paths start from."""
    if not node.exists:
        return None
    context, file, target = node["context"], node["dockerfile"], known(node["target"])
    written = known(context) if context.exists else "."
    if written is None or is_remote(written):
        return Build(node, None, None, target)
    folder = resolve(folder_of(context if context.exists else node), written)
    name = known(file) if file.exists else "Dockerfile"
    if name is None or node["dockerfile_inline"].exists:
        return Build(node, folder, None, target)
    return Build(node, folder, resolve(folder, name), target)
