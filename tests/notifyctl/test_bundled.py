"""What comes along: in a wheel beside the modules, in a checkout at its top."""

import sys
from pathlib import Path

import pytest

from notifyctl.bundled import bundled, make_importable
from tests.support.sources import ROOT


def test_in_a_checkout_it_is_the_checkout() -> None:
    assert bundled() == ROOT


def test_in_a_wheel_it_is_within_the_package(tmp_path: Path) -> None:
    package = tmp_path / "notifyctl"
    (package / "_bundled").mkdir(parents=True)

    assert bundled(package) == package / "_bundled"


def test_our_load_tests_are_found_before_any_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "notifyctl"
    (package / "_bundled").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", ["/elsewhere"])

    make_importable(package)
    make_importable(package)

    assert sys.path == [str(package / "_bundled"), "/elsewhere"]
