"""What the machine allows: open files, and ports to call from. Asked before a run begins.

A run that finds out in the middle would measure the limit, and call it the server's.
"""

import resource
from pathlib import Path
from typing import Final

from notifyctl.errors import UsageError

SPARE_FILES: Final = 64
"""What a process has open besides its connections."""

PORT_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def allow_files(connections: int) -> None:
    """Let this process, and those it starts, open as many files as they will need.

    Raises `UsageError` with what to do if that is more than this user may have.
    """
    needed = connections + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_enough(soft, needed):
        return
    if not _is_enough(hard, needed):
        raise UsageError(
            problem=f"{connections:,} connections in one process need {needed:,} open files, and"
            f" {hard:,} are allowed; run `ulimit -n {needed}` as root before, or ask for"
            f" --connections {max(hard - SPARE_FILES, 1)}."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def check_ports(connections: int, addresses: int = 1, path: Path = PORT_RANGE) -> None:
    """There is a free port for each connection to one server, at so many addresses of our own.

    Raises `UsageError` with what to do if there is not.
    """
    each = ports(path)
    if each is None or connections <= each * addresses:
        return
    more = -(-connections // each) - addresses
    where = " ".join(f"--source-ip 127.0.0.{number + 2}" for number in range(min(more, 3)))
    raise UsageError(
        problem=f"{connections:,} connections need as many ports, and {addresses} address of this"
        f" machine has {each:,}; call from {more} more (on loopback: {where}), or run"
        " `sysctl -w net.ipv4.ip_local_port_range='1024 65535'` as root."
    )


def ports(path: Path = PORT_RANGE) -> int | None:
    """How many ports the system calls from; None where it does not say."""
    try:
        first, last = path.read_text().split()
        return int(last) - int(first) + 1
    except (OSError, ValueError):
        return None


def _is_enough(limit: int, needed: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= needed
