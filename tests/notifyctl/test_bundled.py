"""What comes along: in a wheel beside the modules, in a checkout at its top."""

from pathlib import Path

from notifyctl.bundled import bundled
from tests.support.sources import ROOT


def test_in_a_checkout_it_is_the_checkout() -> None:
    assert bundled() == ROOT


def test_in_a_wheel_it_is_within_the_package(tmp_path: Path) -> None:
    package = tmp_path / "notifyctl"
    (package / "_bundled").mkdir(parents=True)

    assert bundled(package) == package / "_bundled"
