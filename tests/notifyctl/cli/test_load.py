import os
import sys
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from loadtests.bench import machine
from notifyctl.cli import load_asking
from tests.support.command_line import Notifyctl
from tests.support.fake_runs import Told
from tests.support.load_results import lines


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    found = Told(tmp_path, monkeypatch)
    found.by(lines())
    return found


def test_without_a_word_it_is_a_delivery_with_a_server_of_its_own(
    notifyctl: Notifyctl, told: Told
) -> None:
    assert notifyctl("load").status == 0
    assert (told.spec["scenario"], told.spec["target"]) == ("delivery", None)


def test_options_without_a_scenario_are_those_of_a_delivery(
    notifyctl: Notifyctl, told: Told
) -> None:
    assert notifyctl("load", "--rate", "50", "--connections", "20").status == 0
    assert (told.spec["scenario"], told.spec["rate"]) == ("delivery", 50)


def test_every_option_comes_to_the_runner(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_asking, "allow_files", lambda _: None)
    wishes: dict[str, Any] = {
        "connections": 900,
        "users": 300,
        "rate": 70,
        "duration": 3,
        "warmup": 1,
        "quiesce": 4,
        "arrival": "poisson",
        "payload-bytes": 8,
        "processes": 3,
        "bind": "127.0.0.1",
        "handshakes": 9,
        "cut": "kill",
        "cuts": 2,
        "come-back": "spread",
        "spread": 6,
    }
    options = [word for name, value in wishes.items() for word in (f"--{name}", value)]
    sources = ["--source-ip", "127.0.0.2", "--source-ip", "127.0.0.3", "--compress"]

    notifyctl("load", "reconnect", *options, *sources)

    assert (
        told.spec.items()
        >= {name.replace("-", "_"): value for name, value in wishes.items()}.items()
    )
    assert told.spec["source_ips"] == ["127.0.0.2", "127.0.0.3"]
    assert told.spec["compress"] is True


@pytest.mark.parametrize(
    ("scenario", "options"),
    [
        ("offline", {"share": 0.25, "away": 3.0, "missed": 7}),
        ("fanout", {"topics": 2, "subscribers": 30}),
    ],
)
def test_a_scenario_has_options_of_its_own(
    notifyctl: Notifyctl, told: Told, scenario: str, options: dict[str, float]
) -> None:
    words = [word for name, value in options.items() for word in (f"--{name}", value)]

    notifyctl("load", scenario, *words)

    assert told.spec.items() >= options.items()


@pytest.mark.parametrize(
    "words", [("delivery", "--cut", "kill"), ("fanout", "--users", "5"), ("--topics", "3")]
)
def test_an_option_of_another_scenario_is_unknown(
    notifyctl: Notifyctl, told: Told, words: tuple[str, ...]
) -> None:
    done = notifyctl("load", *words)

    assert done.status == 2
    assert "No such option" in done.err


def test_help_lists_the_scenarios_and_their_own_options(notifyctl: Notifyctl) -> None:
    whole = notifyctl("load", "--help")
    assert whole.status == 0
    for scenario in ("delivery", "reconnect", "offline", "fanout"):
        assert f"\n  {scenario} " in whole.out

    assert "--cut KIND" in notifyctl("load", "reconnect", "--help").out
    assert "--cut" not in notifyctl("load", "delivery", "--help").out


def test_a_missing_extra_is_one_sentence_with_the_way_to_install_it(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(util, "find_spec", lambda _name: None)
    done = notifyctl("load")

    assert done.status == 2
    assert done.err == (
        "notifyctl: `notifyctl load` needs Locust, which is not installed; run"
        " `pip install 'notifyctl[load]'`.\n"
    )


def test_locust_is_never_imported_here(notifyctl: Notifyctl, told: Told) -> None:
    before = set(sys.modules)  # Other tests of this process may have loaded them.

    assert notifyctl("load").status == 0
    assert {"locust", "gevent"}.isdisjoint(set(sys.modules) - before)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--threshold", "delivrey.p99<1s"), "perhaps delivery was meant"),
        (("--threshold", "delivery.p99<1"), "has no unit"),
        (("--target", "http://8.8.8.8"), "--i-own-this-target"),
        (("--i-own-this-target",), "need --target URL"),
        (("--rate", "0"), "--rate 0.0 is not possible"),
        (("--duration", "soon"), "'soon' is no time"),
        (("--max-regress", "10%"), "give one"),
        (("--baseline", "/nowhere.json"), "cannot be read"),
        (("--connections", "100000000"), "ulimit -n"),
    ],
)
def test_what_cannot_be_run_is_said_before_the_run(
    notifyctl: Notifyctl, told: Told, words: tuple[str, ...], problem: str
) -> None:
    done = notifyctl("load", *words)

    assert done.status == 2
    assert problem in done.err
    assert done.err.count("\n") == 1


def test_a_worker_becomes_the_process_that_joins_the_master(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    became: list[Any] = []
    monkeypatch.setattr(os, "execve", lambda *words: became.append(words))
    monkeypatch.setattr(machine, "allow_many_files", lambda: None)
    notifyctl("load", "worker", "loadtest")

    ((program, command, variables),) = became
    assert program == command[0]
    assert command[-5:-1] == ["--master-host", "loadtest", "--master-port", "5557"]
    assert variables["PYTHONSAFEPATH"] == "1"
