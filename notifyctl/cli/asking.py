"""What `notifyctl validate` asks: the files, a server, a cluster; and what all of it came to."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from notifyctl.cli.output import StatusLine, say, show_table
from notifyctl.cli.reporting import today
from notifyctl.errors import NotifyError

if TYPE_CHECKING:
    from notifyctl.validate.finding import Finding
    from notifyctl.validate.kubernetes import ManifestSet
    from notifyctl.validate.outcome import Outcome, Unchecked
    from notifyctl.validate.progress import Progress
    from notifyctl.validate.reading import Survey
    from notifyctl.validate.settings import Settings


class LiveTarget(NamedTuple):
    """A server to ask, and how: `idle` is how many seconds to be silent, `pid` whom to stop."""

    url: str
    ws_url: str | None
    token: str
    idle: float | None
    pid: int | None


class ClusterTarget(NamedTuple):
    """A cluster to read; None takes what the kubeconfig says."""

    context: str | None
    namespace: str | None


class Asked:
    """Collects what everybody who is asked has to say."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._began = perf_counter()
        self._names: list[str] = []
        self._running: list[str] = []
        self._sets: list[ManifestSet] = []
        self._findings: list[Finding] = []
        self._unchecked: list[Unchecked] = []

    def files(self, surveyed: "Survey") -> None:
        """Ask all rules about the files."""
        from notifyctl.validate.check import check

        failures: list[Unchecked] = []
        debug = "--debug" in sys.argv or os.environ.get("NOTIFYCTL_DEBUG")
        findings = check(surveyed.workspace, today(), None if debug else failures)
        unread = {each.target for each in surveyed.unchecked}
        self._names = [name for name in surveyed.found.files if name not in unread]
        self._sets = surveyed.workspace.sets
        self._note(findings, [*surveyed.unchecked, *failures])

    def server(self, target: LiveTarget, *, table: bool) -> None:
        """Ask a running server everything, and show how long it took."""
        from notifyctl.validate.live.latency import COLUMNS
        from notifyctl.validate.live.latency import table as rows
        from notifyctl.validate.live.run import run_live

        with telling() as progress:
            outcome = run_live(
                target.url,
                target.ws_url,
                self._settings,
                token=target.token or own_token(target.url),
                idle=target.idle,
                pid=target.pid,
                progress=progress,
            )
        self._running.append(target.url)
        self._note(outcome.findings, outcome.unchecked, outcome.notes)
        if table and outcome.latencies:
            show_table(COLUMNS, rows(outcome.latencies))

    def cluster(self, target: ClusterTarget) -> None:
        """Read a cluster and check what runs there, also against the files."""
        from notifyctl.validate.cluster.reading import read_cluster
        from notifyctl.validate.cluster.run import check_cluster

        with telling() as progress:
            reading = read_cluster(target.context, target.namespace, progress=progress)
        self._running.append("the cluster")
        findings: list[Finding] = []
        if reading.cluster is not None:
            findings = check_cluster(reading.cluster, self._sets, self._settings, today())
        self._note(findings, reading.unchecked, reading.skipped)

    def api_server(self, target: ClusterTarget) -> None:
        """Have the API server validate each document of the files, without keeping any."""
        from notifyctl.validate.cluster.dry_run import dry_run

        with telling() as progress:
            outcome = dry_run(
                self._sets, target.context, target.namespace, self._settings, progress=progress
            )
        self._note(outcome.findings, outcome.unchecked, outcome.skipped)
        say(f"The API server looked at {outcome.documents} documents.")

    def outcome(self) -> "Outcome":
        """What all of it came to."""
        from notifyctl.validate.outcome import Outcome

        seconds = perf_counter() - self._began
        return Outcome(self._findings, self._names, self._unchecked, seconds, self._running)

    def _note(
        self,
        findings: "Iterable[Finding]",
        unchecked: "Iterable[Unchecked]",
        notes: Iterable[str] = (),
    ) -> None:
        self._findings += findings
        self._unchecked += unchecked
        for note in notes:
            say(note)


def own_token(url: str) -> str:
    """A token for a server on this machine, signed here; empty for any other server."""
    from notifyctl.cli.target import find_target, is_local, local_user

    try:
        return find_target(url).token_for(local_user(), "subscribe") if is_local(url) else ""
    except NotifyError:
        return ""  # Not one of ours: it is asked what strangers can ask.


@contextmanager
def telling() -> "Iterator[Progress]":
    """A line on stderr that tells what is going on, and goes when it is done."""
    line = StatusLine()
    try:
        yield line.update
    finally:
        line.clear()
