"""The cursor: where an application keeps its positions."""

from collections.abc import Mapping
from typing import Protocol

from notifyctl.wire import Claim


class Cursor(Protocol):
    """Positions that outlive the client: `{"inbox": Claim(epoch="…", after=42)}`.

    With it, an event is seen once even across restarts of the application. Without it, the
    server remembers what the device acknowledged, and an ack that was lost costs a repeat.
    """

    def load(self) -> Mapping[str, Claim]:
        """The positions saved last; none at first."""

    def save(self, positions: Mapping[str, Claim]) -> None:
        """Keep the positions. Called after each handled event: be quick, and all or nothing."""
