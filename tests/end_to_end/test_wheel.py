"""The wheel holds what it needs and nothing else, and works far from the checkout."""

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from venv import EnvBuilder
from zipfile import ZipFile

import pytest

from loadtests.bench.loopback import free_port
from notifyctl.scaffold.files import installation
from notifyctl.scaffold.names import Names
from tests.support.servers import START_SECONDS, STOP_SECONDS
from tests.support.sources import ROOT

# One worker builds it for all of these tests.
pytestmark = pytest.mark.xdist_group("wheel")

# What `notifyctl init` takes when nobody chooses.
OWN_NAMES = Names(
    name="notifyd",
    namespace="notifyd",
    host="notify.example.org",
    repository="notifyctl",
    tag=version("notifyctl"),
)
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout with what is installed already."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, *PIP, "wheel", *options, str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment in which only the wheel is installed.

    What the wheel depends on comes from the environment of the tests: its folder is named in
    a path file. The checkout is not on that way, for Python reads no path file through another.
    """
    folder = tmp_path_factory.mktemp("environment")
    EnvBuilder(symlinks=True).create(folder)
    into = (*PIP, "--python", str(folder / "bin" / "python"))
    subprocess.run([sys.executable, *into, "install", "--no-deps", str(wheel)], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    theirs = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    (site / "dependencies.pth").write_text("\n".join(theirs))
    return folder / "bin"


@pytest.fixture
def environment(programs: Path, tmp_path: Path) -> Mapping[str, str]:
    """The variables of somebody who has only just installed it."""
    return {
        "HOME": str(tmp_path),
        "PATH": f"{programs}:{os.defpath}",
        "NOTIFYD_HTTP_PORT": str(free_port()),
        "NOTIFYD_WS_PORT": (ws_port := str(free_port())),
        "NOTIFYCTL_WS_URL": f"ws://127.0.0.1:{ws_port}/ws",
    }


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def run(environment: Mapping[str, str], folder: Path, *command: str) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


@contextmanager
def serving(environment: Mapping[str, str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A server of the wheel."""
    with subprocess.Popen(["notifyctl", "serve"], env=environment, cwd=folder) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            status = ["notifyctl", "status", "--json"]
            while subprocess.run(
                status, env=environment, capture_output=True, check=False
            ).returncode:
                assert time.monotonic() < deadline, "the server did not start"
                assert process.poll() is None, "the server ended at once"
            yield process
        finally:
            process.kill()


def test_the_wheel_holds_both_packages_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = archive.namelist()
    folders = {name.partition("/")[0] for name in names}
    about = next(folder for folder in folders if folder.endswith(".dist-info"))

    assert folders == {"notifyctl", "notifyd", about}
    assert {"notifyctl/py.typed", "notifyd/py.typed", "notifyd/store/sqlite.sql"} <= set(names)
    assert f"{about}/licenses/LICENSE" in names


def test_the_wheel_holds_every_module_of_the_checkout(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.endswith(".py")}

    here = {
        str(path.relative_to(folder))
        for folder, package in ((ROOT, "notifyctl"), (ROOT / "server", "notifyd"))
        for path in (folder / package).rglob("*.py")
    }
    loadtests = (ROOT / "loadtests").rglob("*.py")
    bundled = {f"notifyctl/_bundled/{path.relative_to(ROOT)}" for path in loadtests}
    assert names == here | bundled


def test_the_wheel_brings_along_what_init_writes_and_no_secret(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if name.startswith("notifyctl/_bundled/")}

    manifests = ROOT / "manifests"
    here = [ROOT / "Dockerfile", ROOT / "constraints.txt", manifests / "compose/secrets/.gitignore"]
    here += [*manifests.rglob("*.yaml"), *manifests.rglob("*.md")]
    names = {name for name in names if not name.startswith("notifyctl/_bundled/loadtests/")}
    assert names == {f"notifyctl/_bundled/{path.relative_to(ROOT)}" for path in here}


def test_it_is_the_wheel_that_is_imported(
    programs: Path, environment: Mapping[str, str], empty: Path
) -> None:
    where = run(environment, empty, "python", "-c", "import notifyd; print(notifyd.__file__)")

    assert Path(where).is_relative_to(programs.parent)


def test_a_notification_goes_from_hand_to_hand_in_an_empty_folder(
    environment: Mapping[str, str], empty: Path
) -> None:
    def notifyctl(*words: str) -> str:
        return run(environment, empty, "notifyctl", *words)

    assert "serve" in notifyctl("--help")

    with serving(environment, empty) as server:
        assert notifyctl("token", "issue", "alice").count(".") == 2
        assert "stored #1 for alice" in notifyctl("send", "alice", "Hello from the wheel")
        shown = notifyctl("tail", "alice", "--count", "1", "--timeout", "10s")
        server.send_signal(signal.SIGTERM)
        status = server.wait(STOP_SECONDS)

    assert "Hello from the wheel" in shown
    assert status == 0
    assert list(empty.iterdir()) == []


def test_the_files_of_an_installation_are_written_in_an_empty_folder_and_pass_the_checks(
    environment: Mapping[str, str], empty: Path, wheel: Path
) -> None:
    told = run(environment, empty, "notifyctl", "init", "deploy")
    run(environment, empty / "deploy", "notifyctl", "validate", "--strict")

    written = installation(ROOT, OWN_NAMES, OWN_NAMES.tag)
    assert {name: (empty / "deploy" / name).read_text() for name in written} == written
    assert f"-m pip wheel --no-deps --wheel-dir . {wheel}" in told


def test_a_server_of_its_own_is_loaded_in_an_empty_folder(
    environment: Mapping[str, str], empty: Path
) -> None:
    (empty / "loadtests").mkdir()  # Somebody's own, which must not be taken for ours.
    (empty / "loadtests" / "__init__.py").write_text("raise ImportError('not ours')")
    command = ["notifyctl", "load", "--connections", "5", "--rate", "20", "--out", "results"]
    command += ["--duration", "1s", "--warmup", "0", "--json"]
    done = subprocess.run(
        command, env=environment, cwd=empty, capture_output=True, text=True, check=False
    )

    # How fast a noisy machine is says nothing about the wheel.
    assert done.returncode in {0, 1, 3}, done.stderr
    result, verdict = map(json.loads, done.stdout.splitlines()[-2:])
    assert (result["line"], verdict["line"]) == ("result", "verdict")
    assert result["judgement"]["figures"]["lost"] == 0
    assert result["judgement"]["figures"]["received"] >= 15
    assert {path.name for path in (empty / "results").iterdir()} == {
        "result.json",
        "report.html",
        "series.csv",
        "junit.xml",
        "latency.hgrm",
    }
