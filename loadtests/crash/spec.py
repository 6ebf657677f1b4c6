"""What a crash test is asked to do: written by `notifyctl load crash`, read by the test."""

from typing import Annotated

import msgspec
from msgspec import Meta

Count = Annotated[int, Meta(ge=1)]


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. The same seed draws the same faults and the same behaviour of everybody."""

    rounds: Count = 20
    seed: int = 1
    # The store's URL; `sqlite:` is a file in the run's own folder.
    store: str = "sqlite:"
    users: Count = 3
    publishers: Count = 6
    # Where the server's data and log, and the history, stay. Without one they go with the run.
    out: str | None = None
    # Lines of JSON instead of text.
    json: bool = False
