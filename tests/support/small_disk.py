"""A process that fills a real disk of its own: `python -m tests.support.small_disk FOLDER`.

It mounts a file system of 2 MiB on FOLDER, which only this process sees, and prints one line
of JSON: what a store said while the disk was full, after it was not any more, and when a
read-only disk was opened. Needs the right to mount (`unshare --mount`).
"""

import json
import subprocess
import sys
from pathlib import Path

from notifyctl.errors import NotifyError
from tests.support.stores import DrivenStore, driven, note


def attempt(store: DrivenStore) -> str:
    """What a publisher is told."""
    try:
        store.entry(note(body="x" * 4000))
    except NotifyError as error:
        return str(error)
    return "stored"


def check(store: DrivenStore) -> str:
    """What the health check says."""
    try:
        store.run(store.store.check())
    except NotifyError as error:
        return str(error)
    return "ok"


def opening(data_dir: Path) -> str:
    """What somebody is told who starts a server here."""
    try:
        driven("sqlite", data_dir)
    except NotifyError as error:
        return str(error)
    return "opened"


def fill(path: Path) -> None:
    """Take all the space that is left."""
    with path.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return


def mount(*arguments: str) -> None:
    """Mount, or fail with what `mount` says."""
    subprocess.run(["mount", *arguments], check=True)


def main(folder: str) -> None:
    """Play the whole story."""
    data_dir = Path(folder)
    mount("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder)
    store = driven("sqlite", data_dir)
    fill(data_dir / "ballast")
    story: dict[str, object] = {"full_at_once": attempt(store), "empty": store.position().head}
    (data_dir / "ballast").unlink()

    stored = 0
    while (full := attempt(store)) == "stored":
        stored += 1
        if stored == 5:
            fill(data_dir / "ballast")
    story |= {
        "stored": stored,
        "full": full,
        "heard": sum(map(len, store.heard)),
        "head": store.position().head,
        "page": len(store.page().bodies),
        "check": check(store),
    }
    (data_dir / "ballast").unlink()
    story["check_healed"] = check(store)
    story["healed"] = attempt(store)
    story["head_healed"] = store.position().head
    fill(data_dir / "ballast")
    store.close()

    story["opened_when_full"] = opening(data_dir)
    mount("-o", "remount,ro", folder)
    story["opened_read_only"] = opening(data_dir)
    sys.stdout.write(json.dumps(story) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
