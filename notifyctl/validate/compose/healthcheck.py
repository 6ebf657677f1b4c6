"""How compose asks a container whether it is well."""

import msgspec

from notifyctl.validate.compose.interpolation import filled, known
from notifyctl.validate.durations import seconds
from notifyctl.validate.tree import Mapping, Node, Scalar


class Healthcheck(msgspec.Struct, frozen=True):
    """A service's `healthcheck`. `command` is what it runs, with what is not known as `UNKNOWN`;
    it is empty where the image's own check runs. Times that are not given or not known are None."""

    node: Node
    command: str
    is_shell: bool
    is_disabled: bool
    interval: float | None
    timeout: float | None
    start_period: float | None

    @property
    def test(self) -> Node:
        """Where the command stands."""
        return self.node["test"]


def read_healthcheck(node: Node) -> Healthcheck | None:
    """The healthcheck of a service; None if it says nothing about one."""
    if not isinstance(node, Mapping):
        return None
    test = node["test"]
    words = [filled(item) for item in test.items]
    kind = words[0] if words else "CMD-SHELL"
    command = " ".join(words[1:]) if words else filled(test)
    return Healthcheck(
        node,
        command,
        is_shell=kind == "CMD-SHELL",
        is_disabled=node["disable"].is_true or kind == "NONE" or command == "NONE",
        interval=_time(node["interval"]),
        timeout=_time(node["timeout"]),
        start_period=_time(node["start_period"]),
    )


def _time(node: Node) -> float | None:
    text = known(node) if isinstance(node, Scalar) else None
    return seconds(text) if text is not None else None
