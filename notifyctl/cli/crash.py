"""`notifyctl load crash`: kill a server again and again, and see whether it keeps its promises.

The test is a child process, which speaks for itself: what it prints and how it ends is passed
through. It needs no Locust.
"""

import secrets
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Final

import typer

from notifyctl.cli.options import Json
from notifyctl.errors import UsageError

COMMAND: Final = (sys.executable, "-m", "loadtests.crash")
SQLITE: Final = "sqlite:"
MOST_SEEDS: Final = 1_000_000

_STOPS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def crash(
    rounds: Annotated[
        int | None, typer.Option(metavar="N", help="How often it crashes. [20]")
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="S", help="Draws the faults of an earlier run again. [a new one]"),
    ] = None,
    store: Annotated[
        str | None,
        typer.Option(
            metavar="URL", help="sqlite:PATH puts a new file on the disk to try. [sqlite:]"
        ),
    ] = None,
    users: Annotated[
        int | None, typer.Option(metavar="N", help="Each has three devices. [3]")
    ] = None,
    publishers: Annotated[
        int | None, typer.Option(metavar="N", help="By turns over HTTP and WebSocket. [6]")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep the data, the log and the history in this folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Kill a server of the run's own, again and again, and check every promise.

    Publishers retry and repeat, devices drop out, resume and lose acks. SIGKILL comes at random
    instants, and with it frozen processes and cut or silent connections. In the end everything
    that was acknowledged has to be at every device, once and in order.

    \b
      notifyctl load crash
      notifyctl load crash --rounds 700 --seed 2026 --out results

    Exits with 0 if every promise was kept, 1 if one was broken, 3 if too little was seen to judge.
    """
    from notifyctl.bundled import make_importable

    for option, number in (("rounds", rounds), ("users", users), ("publishers", publishers)):
        if number is not None and number < 1:
            raise UsageError(problem=f"--{option} {number} is too few; give 1 or more.")
    make_importable()
    import msgspec

    from loadtests.crash.spec import Spec

    wishes: dict[str, Any] = {
        "rounds": rounds,
        "seed": secrets.randbelow(MOST_SEEDS) if seed is None else seed,
        "store": None if store is None else new_store(store),
        "users": users,
        "publishers": publishers,
        "out": None if out is None else new_folder(out),
        "json": json,
    }
    given = {name: value for name, value in wishes.items() if value is not None}
    raise typer.Exit(carry_out(msgspec.json.encode(Spec(**given))))


def new_store(url: str) -> str:
    """A store that nobody uses yet. Raises `UsageError` for any other."""
    if not url.startswith(SQLITE):
        raise UsageError(
            problem=f"--store {url} promises nothing after a crash; give sqlite:PATH with the path"
            " of a new file."
        )
    path = url.removeprefix(SQLITE)
    if path and Path(path).expanduser().exists():
        raise UsageError(
            problem=f"{path} exists, and a crash test writes much into its store; name a new file."
        )
    return url


def new_folder(path: Path) -> str:
    """A folder that holds no run yet. Raises `UsageError` for any other, and `NotWritable`."""
    from notifyctl.cli.load_run import make_folder

    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(problem=f"{path} is not an empty folder; name a new one with --out.")
    make_folder(path)
    return str(path)


def carry_out(spec: bytes) -> int:
    """Run the crash test as a child, until it ends; its exit status."""
    import subprocess

    from notifyctl.cli.load_runner import environment

    # The child begins deaf to Ctrl-C, and hears it as soon as it can end what it started.
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOPS}
    try:
        child = subprocess.Popen(  # noqa: S603
            COMMAND,
            stdin=subprocess.PIPE,
            env=environment(),
            start_new_session=True,  # Ctrl-C comes to this process, which passes it on.
        )

        def pass_on(number: int, _frame: FrameType | None) -> None:
            # The first one ends the run early, with what it has; the second one at once.
            child.send_signal(signal.SIGINT if number == signal.SIGINT else signal.SIGTERM)

        for number in _STOPS:
            signal.signal(number, pass_on)
        child.communicate(spec)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode
