"""The machine: which cores serve, which ones load, and what it is called."""

import os
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

Cores = frozenset[int]

_ALL: Final[Cores] = frozenset(os.sched_getaffinity(0))
# What is measured has a core for itself, as far as there is more than one.
SERVING: Final[Cores] = frozenset({min(_ALL)})
LOADING: Final[Cores] = _ALL - SERVING or _ALL


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Where figures were measured."""

    processor: str
    cores: int
    memory_gib: int
    filesystem: str
    python: str

    @property
    def is_durable(self) -> bool:
        """Whether the folder is on a disk, so that a commit waits for one."""
        return self.filesystem != "tmpfs"

    @property
    def is_shared(self) -> bool:
        """Whether the server and its load had to share a core."""
        return self.cores < 2


def describe(folder: Path) -> Machine:
    """This machine, and the file system that the folder is on."""
    models = [line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if "model name" in line]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return Machine(
        processor=models[0] if models else platform.machine(),
        cores=len(_ALL),
        memory_gib=round(memory / 2**30),
        filesystem=filesystem(folder),
        python=platform.python_version(),
    )


def filesystem(folder: Path) -> str:
    """The kind of file system that the folder is on: `ext4`, `tmpfs`."""
    mounts = [line.split() for line in _lines("/proc/self/mounts")]
    above = {str(folder.resolve()), *map(str, folder.resolve().parents)}
    places = [(len(place), kind) for _, place, kind, *_ in mounts if place in above]
    return max(places)[1] if places else "unknown"


@contextmanager
def pinned(cores: Cores) -> Iterator[None]:
    """Whatever this process starts within the block stays on these cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def allow_many_files() -> None:
    """Let this process and those it starts open as many files as the system allows at most."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines()
