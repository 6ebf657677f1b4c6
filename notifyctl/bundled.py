"""What belongs to notifyctl and is no module: the image, the manifests."""

from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent


def bundled(package: Path = PACKAGE) -> Path:
    """The folder with `Dockerfile` and `manifests/`: in a wheel, or the checkout itself."""
    inside = package / "_bundled"
    return inside if inside.is_dir() else package.parent
