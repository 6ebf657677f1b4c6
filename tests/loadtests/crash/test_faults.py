import asyncio
from pathlib import Path
from typing import cast

import msgspec
import pytest

from loadtests.crash import faults as module
from loadtests.crash.entries import Answered, Asked, Fault, Given
from loadtests.crash.faults import Faults
from loadtests.crash.plan import Aim, Nuisance, Round
from loadtests.own_server import OwnServer
from loadtests.stamp import Message
from tests.support.crash_stage import noted, stage

ROUND = Round(
    number=1,
    calm=0,
    nuisance=None,
    is_over_by_kill=False,
    until_kill=0,
    aim=None,
    until_launch=0,
    until_stumble=None,
)


class Told:
    """A server that is none, and what was done to it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def strike(self) -> None:
        self.done.append("strike")

    def kill(self) -> None:
        self.done.append("kill")

    def launch(self) -> None:
        self.done.append("launch")

    def await_ready(self) -> None:
        self.done.append("await")

    def freeze(self) -> None:
        self.done.append("freeze")

    def thaw(self) -> None:
        self.done.append("thaw")


def played(folder: Path, **of_round: object) -> tuple[list[str], list[str]]:
    """What a round does to the server, and which faults it notes."""
    server = Told()

    async def story() -> None:
        async with stage(folder) as here:
            faults = Faults(cast("OwnServer", server), here)
            this = Round(**{**{f: getattr(ROUND, f) for f in ROUND.__struct_fields__}, **of_round})
            assert await faults.play(this) >= 0
            assert not here.is_losing_acks

    asyncio.run(story())
    return server.done, [entry.fault for entry in noted(folder) if isinstance(entry, Fault)]


def test_a_round_is_a_kill_and_a_return(tmp_path: Path) -> None:
    assert played(tmp_path) == (["kill", "launch", "await"], ["kill"])


def test_a_frozen_server_is_thawed_before_the_kill_or_killed_as_it_is(tmp_path: Path) -> None:
    done, _ = played(tmp_path, nuisance="freeze", is_over_by_kill=True)
    assert done == ["freeze", "thaw", "kill", "launch", "await"]

    done, _ = played(tmp_path, nuisance="freeze")
    assert done == ["freeze", "kill", "launch", "await"]


@pytest.mark.parametrize("nuisance", ["cut", "silence", "lost acks", "freeze"])
def test_whatever_goes_wrong_beside_the_kill_is_noted(tmp_path: Path, nuisance: Nuisance) -> None:
    assert played(tmp_path, nuisance=nuisance)[1] == [nuisance, "kill"]


def test_it_may_be_killed_once_more_before_it_is_ready(tmp_path: Path) -> None:
    done, faults = played(tmp_path, until_stumble=0.0)

    assert done == ["kill", "launch", "kill", "launch", "await"]
    assert faults == ["kill", "kill"]


@pytest.mark.parametrize(
    ("aim", "entry"),
    [
        (
            "an answer",
            Answered(message=Message("p", "alice", 1), place=1, id="1"),
        ),
        (
            "a delivery",
            Given(user="a", device="d", stream="inbox", epoch="e", place=1, id="1", stamp=None),
        ),
    ],
)
def test_a_kill_that_is_aimed_comes_with_what_it_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, aim: Aim, entry: Answered | Given
) -> None:
    monkeypatch.setattr(module, "AIM_SECONDS", 60.0)
    server = Told()

    async def story() -> None:
        async with stage(tmp_path) as here:
            here.history.books.expect("a", "d", (), on_wire=False)
            here.note(Asked(message=Message("p", "alice", 1), ask="first", via="http"))
            faults = Faults(cast("OwnServer", server), here)
            this = msgspec.structs.replace(ROUND, aim=aim)
            round_ = asyncio.create_task(faults.play(this))
            await asyncio.sleep(0.05)
            assert server.done == []
            here.note(entry)
            assert server.done == ["strike"]
            await round_

    asyncio.run(story())
    assert server.done == ["strike", "kill", "launch", "await"]


def test_an_aimed_kill_does_not_wait_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AIM_SECONDS", 0.01)

    assert played(tmp_path, aim="an answer") == (["kill", "launch", "await"], ["kill"])


def test_a_real_server_is_killed_and_comes_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with stage(tmp_path) as here:
            with OwnServer(tmp_path / "data") as server:
                before = server.pid
                await Faults(server, here).play(ROUND)
                assert server.pid != before

    asyncio.run(story())
