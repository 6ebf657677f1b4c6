"""What Autobahn's fuzzing client found, group by group; fails for what nobody has explained."""

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

# docs/explanation/conformance.md says why.
EXPLAINED: Final = frozenset({"7.1.5"})


def main(index: Path) -> int:
    """Print one line per group; 1 if a case failed that nobody has explained."""
    if not index.exists():
        print(f"There is no report in {index.parent}: the fuzzing client did not finish.")  # noqa: T201
        return 1
    (cases,) = json.loads(index.read_text()).values()
    groups: dict[str, Counter[str]] = {}
    for case, outcome in cases.items():
        groups.setdefault(case.partition(".")[0], Counter())[outcome["behavior"].lower()] += 1
    for group in sorted(groups, key=int):
        counts = ", ".join(f"{count} {word}" for word, count in groups[group].items())
        print(f"{group:>2}: {counts}")  # noqa: T201 - this is what it is for
    failed = {case for case, outcome in cases.items() if outcome["behavior"] == "FAILED"}
    if failed - EXPLAINED:
        print(f"Failed: {', '.join(sorted(failed - EXPLAINED))}.")  # noqa: T201
    return int(bool(failed - EXPLAINED))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
