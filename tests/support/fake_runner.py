"""A runner of load tests that runs nothing: it tells what the test wrote into a file.

    python fake_runner.py LINES SPEC [endless] [deaf]

It keeps the spec it was given in SPEC. An `endless` one goes on telling the last second until it
is interrupted, and then gives the result, as a partial one. A `deaf` one does not even hear that.
"""

import json
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """Tell it."""
    lines, spec, *manners = sys.argv[1:]
    told = Path(lines).read_text().splitlines()
    stops: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: stops.append(number))
    if "deaf" in manners:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(spec).write_bytes(sys.stdin.buffer.read())
    ticks = [line for line in told if '"line":"tick"' in line]
    for line in told[:-1] if manners else told:
        tell(line)
    if not manners:
        return
    while "deaf" in manners or not stops:
        tell(ticks[-1])
        time.sleep(0.05)
    result = json.loads(told[-1])
    tell(json.dumps({**result, "partial": True}))


def tell(line: str) -> None:
    """Tell it at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
