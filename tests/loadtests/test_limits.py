import resource
from pathlib import Path

import pytest

from loadtests.limits import SPARE_FILES, allow_files, check_ports, ports
from notifyctl.errors import UsageError

Limits = list[tuple[int, int]]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Limits:
    """The limits of a process that may raise them from 1,024 to 20,000; the last one holds."""
    held = [(1024, 20_000)]
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: held[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _kind, limits: held.append(limits))
    return held


def test_what_is_allowed_already_stays_as_it_is(limits: Limits) -> None:
    allow_files(1024 - SPARE_FILES)

    assert limits == [(1024, 20_000)]


def test_the_soft_limit_is_raised_as_far_as_is_needed(limits: Limits) -> None:
    allow_files(10_000)

    assert limits[-1] == (10_000 + SPARE_FILES, 20_000)


def test_beyond_the_hard_limit_the_way_out_is_named(limits: Limits) -> None:
    with pytest.raises(UsageError) as refused:
        allow_files(20_000)

    assert limits == [(1024, 20_000)]
    assert f"`ulimit -n {20_000 + SPARE_FILES}`" in str(refused.value)
    assert f"--connections {20_000 - SPARE_FILES}." in str(refused.value)


def test_where_nothing_is_limited_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda _kind: endless)

    allow_files(1_000_000)


@pytest.fixture
def hundred_ports(tmp_path: Path) -> Path:
    """A system that calls from 100 ports."""
    path = tmp_path / "ip_local_port_range"
    path.write_text("40000\t40099\n")
    return path


def test_each_address_has_its_ports(hundred_ports: Path) -> None:
    assert ports(hundred_ports) == 100
    check_ports(100, path=hundred_ports)
    check_ports(300, addresses=3, path=hundred_ports)


def test_too_few_ports_are_named_with_the_addresses_that_are_missing(hundred_ports: Path) -> None:
    with pytest.raises(UsageError, match=r"call from 2 more .* --source-ip 127\.0\.0\.2 ") as few:
        check_ports(201, path=hundred_ports)

    assert "net.ipv4.ip_local_port_range" in str(few.value)


def test_a_system_that_does_not_tell_its_ports_is_believed_to_have_enough(tmp_path: Path) -> None:
    assert ports(tmp_path / "absent") is None
    check_ports(10**6, path=tmp_path / "absent")
