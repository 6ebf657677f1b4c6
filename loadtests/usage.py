"""What a process takes: processor time and memory, as far as the system tells."""

import os
from pathlib import Path
from typing import Final

import msgspec

from loadtests.bench.process import cpu_seconds

_MEBI: Final = 1 << 20


class Usage(msgspec.Struct, frozen=True):
    """Seconds of processor time so far, and memory in MiB; None where it is not known."""

    spent: float | None = None
    resident_mb: float | None = None


def usage(pid: int | None) -> Usage:
    """What a process of this machine takes; nothing is known of one that is gone."""
    if pid is None:
        return Usage()
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return Usage(cpu_seconds(pid), round(pages * os.sysconf("SC_PAGE_SIZE") / _MEBI, 1))
    except (OSError, ValueError, IndexError):
        return Usage()
