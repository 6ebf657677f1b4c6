"""Rules about the end of a pod: how long it may take to say good-bye to its clients."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.kubernetes import Container, ManifestSet
from notifyctl.validate.kubernetes.environment import variable_of
from notifyctl.validate.linking import socket_containers
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

_DRAIN: Final = "NOTIFYD_DRAIN_SECONDS"
_GRACE_SECONDS: Final = 30
# What closing takes after the drain: queued writes, and the store.
_CLOSING_SECONDS: Final = 5
_SLEEP: Final = re.compile(r"(?:^|[\s;&|/])sleep\s+(\d+(?:\.\d+)?[smhd]?)(?=$|[\s;&|)])")


@rule("K8307", "error")
def too_short_grace_period(manifests: ManifestSet, settings: Settings) -> Iterator[Problem]:
    """The notification service is killed before it has said good-bye to its clients.

    `terminationGracePeriodSeconds` (30 unless it is given) begins before `preStop`. In it must fit
    what `preStop` sleeps, the drain, and the five seconds that closing may take. Whoever is still
    connected then is cut off without a close frame, and comes back at the same moment as everybody.

    The drain is `--drain-seconds` of the container or its `NOTIFYD_DRAIN_SECONDS`, which a
    ConfigMap may bring, or else the setting `drain_seconds` of the checks.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          terminationGracePeriodSeconds: 30
          containers:
            - name: notify
              image: notifyctl:0.1.0
              lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          terminationGracePeriodSeconds: 60
          containers:
            - name: notify
              image: notifyctl:0.1.0
              lifecycle: {preStop: {exec: {command: [sleep, "15"]}}}
    """
    for _, container in socket_containers([manifests], settings):
        drain = _drain_seconds(container, manifests, settings)
        yield from _short_grace(container, drain)


def _drain_seconds(
    container: Container, manifests: ManifestSet, settings: Settings
) -> float | None:
    """How long a container drains, also where a ConfigMap says it; None if that is not known."""
    launch = container.launch
    if (said := variable_of(container, _DRAIN, manifests)) is not None:
        environment = {**launch.environment, _DRAIN: said.text}
        launch = msgspec.structs.replace(launch, environment=environment)
    return launch.drain_seconds(settings)


def _short_grace(container: Container, drain: float | None) -> Iterator[Problem]:
    written = container.workload.pod["terminationGracePeriodSeconds"]
    grace = written.integer if written.exists else _GRACE_SECONDS
    if grace is None:
        return
    stop = container.node["lifecycle"]["preStop"]
    sleep = slept_seconds(stop)
    if drain is not None and grace < (needed := sleep + drain + _CLOSING_SECONDS):
        related = (Related(stop.span, f"takes {sleep:g} of them"),) if sleep else ()
        yield Problem(
            f"the grace period of {grace} s is shorter than preStop ({sleep:g} s), the drain "
            f"({drain:g} s) and {_CLOSING_SECONDS} s for closing",
            written,
            related=related,
            help=f"set `terminationGracePeriodSeconds: {_rounded_up(needed)}`",
            note="connections that are still open are cut off without a close frame",
            about=container.about,
        )


@rule("K8308", "warning")
def missing_pre_stop(container: Container, settings: Settings) -> Iterator[Problem]:
    """The notification service goes at once, while connections are still sent to it.

    Kubernetes tells the process and the proxies at the same time, and the proxies take a few
    seconds. A `preStop` that sleeps meanwhile lets the last connections arrive at a server that
    still takes them. The action `sleep` needs Kubernetes 1.30; before that, `exec` does the same.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              lifecycle: {preStop: {sleep: {seconds: 5}}}
    """
    stop = container.node["lifecycle"]["preStop"]
    is_empty = stop["sleep"]["seconds"].integer == 0
    if container.holds_sockets(settings) and (is_empty or not stop.exists):
        yield Problem(
            f"container `{container.name}` has no `preStop`: it goes before the proxies know"
            if not is_empty
            else f"`preStop` of container `{container.name}` takes no time",
            stop,
            help="add `lifecycle: {preStop: {sleep: {seconds: 5}}}`",
            note="each rollout refuses connections that are on their way",
        )


def slept_seconds(stop: Node) -> float:
    """How long a `preStop` sleeps, as far as it says: by its action, or in a command."""
    number = stop["sleep"]["seconds"].integer
    if number is not None:
        return float(max(number, 0))
    command = " ".join(part.string for part in stop["exec"]["command"].items)
    return sum(seconds(text, bare=1) or 0.0 for text in _SLEEP.findall(command))


def _rounded_up(seconds: float) -> int:
    """The next five seconds."""
    return int(-(-seconds // 5) * 5)
