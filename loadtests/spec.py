"""What a load run is asked to do: written by `notifyctl load`, read by the runner."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Scenario = Literal["delivery", "reconnect", "offline", "fanout"]
Arrival = Literal["constant", "poisson"]
Cut = Literal["rst", "drain", "kill"]
Return = Literal["immediate", "spread", "jitter"]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A server that runs already, and the key that tokens for it are signed with.

    `secret` is an HMAC secret or a private key as PEM. `public_ws_url` is where clients connect.
    """

    http_url: str
    ws_url: str
    secret: str
    audience: str | None = None
    issuer: str | None = None


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. Without a `target` the runner starts a server of its own, on free ports."""

    scenario: Scenario
    # Eight hex digits that are in every stamp: what carries others is not of this run.
    run: str
    target: Target | None = None

    users: Count = 200
    # Sessions in all; several of one user are its devices.
    connections: Count = 200
    rate: Annotated[float, Meta(gt=0)] = 200
    duration: Seconds = 30
    warmup: Seconds = 2
    # How long to wait, at the end, for what is still outstanding.
    quiesce: Seconds = 15
    arrival: Arrival = "constant"
    payload_bytes: Count = 100
    processes: Count = 1
    # Handshakes in flight per process: more of them measure the generator's own queue.
    handshakes: Count = 50
    compress: bool = False
    source_ips: tuple[str, ...] = ()
    # Where the processes join as workers of other machines; without it they are started here.
    bind: str | None = None

    # reconnect: how everybody is cut off, how often, and how they come back.
    cut: Cut = "rst"
    cuts: Count = 1
    come_back: Return = "jitter"
    spread: Seconds = 5
    # offline: which share of the users goes, for how long, and how many events each misses.
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    away: Seconds = 5
    missed: Count = 20
    # fanout.
    topics: Count = 5
    subscribers: Count = 100
