"""What belongs to notifyctl and is no module of it: the image, the manifests, the load tests."""

import sys
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent


def bundled(package: Path = PACKAGE) -> Path:
    """The folder with `Dockerfile`, `manifests/` and `loadtests/`: in a wheel, or the checkout."""
    inside = package / "_bundled"
    return inside if inside.is_dir() else package.parent


def make_importable(package: Path = PACKAGE) -> None:
    """Let `import loadtests` find ours, whatever else is called so where the command runs."""
    folder = str(bundled(package))
    if folder not in sys.path[:1]:
        sys.path.insert(0, folder)
