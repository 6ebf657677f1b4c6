"""Where a load test runs, as far as the runner does not say."""

from pathlib import Path
from typing import Any

from loadtests.bench.machine import describe
from loadtests.spec import Spec
from notifyctl.cli.target import is_local


def surroundings(spec: Spec) -> dict[str, Any]:
    """What a reader of the report has to know before believing a latency."""
    machine = describe(Path.cwd())
    return {
        "generator and server on one machine": spec.target is None
        or is_local(spec.target.http_url),
        "processor": machine.processor,
        "memory": f"{machine.memory_gib} GiB",
    }
