from pathlib import Path
from typing import Any

import pytest

from loadtests.spec import Spec
from notifyctl.cli import load_asking
from notifyctl.cli.load_asking import spec_of
from notifyctl.errors import UsageError


def asked(scenario: str = "delivery", url: str | None = None, **wishes: Any) -> Spec:
    return spec_of(scenario, wishes, url, None, None, is_owned=False)


def test_what_was_not_said_is_as_the_spec_has_it() -> None:
    spec = asked(rate=None, duration=None)

    assert spec == Spec(scenario="delivery", run=spec.run)


def test_each_run_has_a_name_of_its_own() -> None:
    assert asked().run != asked().run
    assert len(asked().run) == 8


def test_times_are_written_as_people_do() -> None:
    spec = asked(duration="5m", warmup="0", quiesce="1500ms")

    assert (spec.duration, spec.warmup, spec.quiesce) == (300, 0, 1.5)


@pytest.mark.parametrize("wishes", [{"users": 50}, {"connections": 50}])
def test_everybody_has_one_device_unless_both_are_said(wishes: dict[str, Any]) -> None:
    spec = asked(**wishes)

    assert (spec.users, spec.connections) == (50, 50)


def test_several_sessions_of_a_user_are_their_devices() -> None:
    spec = asked(users=10, connections=30)

    assert (spec.users, spec.connections) == (10, 30)
    with pytest.raises(UsageError, match="--users 10, or fewer"):
        asked(users=11, connections=10)


@pytest.mark.parametrize(
    ("wishes", "option"),
    [
        ({"connections": 0}, "--connections 0"),
        ({"rate": -1}, "--rate -1"),
        ({"arrival": "now"}, "--arrival now"),
        ({"cut": "axe"}, "--cut axe"),
        ({"share": 2.0}, "--share 2.0"),
        ({"payload_bytes": 0}, "--payload-bytes 0"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_its_option(
    wishes: dict[str, Any], option: str
) -> None:
    with pytest.raises(UsageError, match=f"^{option} is not possible: "):
        asked("reconnect", **wishes)


def test_a_server_that_is_not_ours_is_not_killed() -> None:
    with pytest.raises(UsageError, match="leave --target out"):
        asked("reconnect", "http://127.0.0.1:8000", cut="kill")


def test_a_run_asks_for_what_this_machine_has_to_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    files: list[int] = []
    ports: list[tuple[int, int]] = []
    monkeypatch.setattr(load_asking, "allow_files", files.append)
    monkeypatch.setattr(load_asking, "check_ports", lambda *needed: ports.append(needed))
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", "s" * 32)

    asked(connections=4000, processes=2)
    asked(url="http://127.0.0.1:8000", connections=4000, processes=2, source_ips=["127.0.0.2"])
    asked("fanout", topics=3, subscribers=1000)

    # A server of the run's own holds them all; one elsewhere leaves each process its part.
    assert files == [4000, 2000, 3000]
    assert ports == [(4000, 1), (4000, 1), (3000, 1)]


def test_the_key_is_only_in_the_target(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", "s" * 32)
    spec = asked(url="http://127.0.0.1:8000")

    assert spec.target is not None
    assert spec.target.secret == "s" * 32
