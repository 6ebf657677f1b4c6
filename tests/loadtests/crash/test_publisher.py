import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from loadtests.crash.entries import Abandoned, Answered, AnyEntry, Asked, Refused
from loadtests.crash.posting import No, Yes
from loadtests.crash.publisher import Publisher, body
from loadtests.stamp import Stamp
from tests.support.crash_stage import noted, stage
from tests.support.nodes import run

YES = Yes(1, "e1", None)


class Scripted:
    """Gives the answers of a test, then always the same one; keeps the keys it was asked with."""

    via = "http"

    def __init__(self, *answers: Yes | No | None) -> None:
        self._answers = list(answers)
        self.keys: list[str] = []

    async def ask(self, body: dict[str, Any]) -> Yes | No | None:
        self.keys.append(body["key"])
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def close(self) -> None:
        """Nothing to end."""


class Slow(Scripted):
    """Answers nothing at once, and everything that is asked again."""

    def __init__(self) -> None:
        super().__init__(YES)

    async def ask(self, body: dict[str, Any]) -> Yes | No | None:
        is_again = body["key"] in self.keys
        self.keys.append(body["key"])
        return YES if is_again else None

    @property
    def was_given_up(self) -> bool:
        """Whether something was asked once, and then something else."""
        return any(self.keys.count(key) == 1 for key in self.keys[:-1])


def story(
    folder: Path, post: Scripted, is_over: Callable[[Publisher], bool] | None = None
) -> list[AnyEntry]:
    """Publish to one address, at the end of a run or until it is over; what was noted."""

    async def play() -> None:
        async with stage(folder) as here:
            here.is_wild = is_over is not None
            publisher = Publisher("p1", ["alice"], post, here)
            if is_over is None:
                await publisher.conclude()
                return
            stop = asyncio.Event()
            running = asyncio.create_task(publisher.run(stop))
            while not is_over(publisher):
                await asyncio.sleep(0.01)
            stop.set()
            await running

    run(play())
    return noted(folder)


def test_without_an_answer_it_asks_again_with_the_same_key(tmp_path: Path) -> None:
    post = Scripted(None, None, YES)
    entries = story(tmp_path, post)

    assert [each.ask for each in entries if isinstance(each, Asked)] == ["first", "retry", "retry"]
    assert isinstance(entries[-1], Answered)
    assert len(post.keys) == 3
    assert len(set(post.keys)) == 1


def test_a_refusal_is_noted_and_ends_it(tmp_path: Path) -> None:
    entries = story(tmp_path, Scripted(No("no room")))

    assert [type(each) for each in entries] == [Asked, Refused]


def test_what_was_answered_is_asked_again_at_the_end(tmp_path: Path) -> None:
    post = Scripted(YES)
    entries = story(tmp_path, post, lambda _: len(post.keys) >= 1)

    asks = [each.ask for each in entries if isinstance(each, Asked)]
    assert asks[0] == "first"
    assert asks[-1] == "repeat"
    assert post.keys[-1] in post.keys[:-1]


def test_now_and_then_it_gives_up_and_goes_on_with_the_next(tmp_path: Path) -> None:
    post = Slow()
    entries = story(tmp_path, post, lambda _: post.was_given_up)

    given_up = [each.message for each in entries if isinstance(each, Abandoned)]
    answered = [each.message for each in entries if isinstance(each, Answered)]
    assert given_up
    assert set(given_up).isdisjoint(answered)


def test_a_message_has_the_same_body_however_often_it_is_asked() -> None:
    stamp = Stamp(run="r1", publisher="p1", to="alice", seq=4, due_us=7, clock="")

    assert body(stamp) == body(stamp)
    assert len(body(stamp)["body"]) > 10
