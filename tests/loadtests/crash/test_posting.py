from pathlib import Path

import pytest

from loadtests.crash import posting
from loadtests.crash.posting import HttpPost, No, SocketPost, Yes
from tests.support.crash_stage import stage
from tests.support.nodes import node, run

BODY = {"to": "alice", "title": "Hello", "key": "k1"}
Kind = type[HttpPost] | type[SocketPost]
both = pytest.mark.parametrize("kind", [HttpPost, SocketPost])


@both
def test_what_is_stored_is_a_yes_and_again_the_same_yes(kind: Kind, tmp_path: Path) -> None:
    async def story() -> None:
        async with node() as server, stage(tmp_path, server) as here:
            post = kind(here, "publisher-1")
            first, again = await post.ask(BODY), await post.ask(BODY)
            await post.close()
        assert isinstance(first, Yes)
        assert isinstance(again, Yes)
        assert (first.place, again.place, again.id) == (1, 1, first.id)
        told = (False, True) if kind is HttpPost else (None, None)
        assert (first.replayed, again.replayed) == told

    run(story())


@both
def test_what_is_refused_is_a_no_that_says_why(kind: Kind, tmp_path: Path) -> None:
    async def story() -> None:
        async with node() as server, stage(tmp_path, server) as here:
            post = kind(here, "publisher-1")
            await post.ask(BODY)
            answer = await post.ask({**BODY, "title": "Another"})
            await post.close()
        assert isinstance(answer, No)
        assert "key_reused" in answer.answer

    run(story())


@both
def test_who_cannot_be_reached_gives_no_answer(kind: Kind, tmp_path: Path) -> None:
    async def story() -> None:
        async with stage(tmp_path) as here:
            post = kind(here, "publisher-1")
            assert await post.ask(BODY) is None
            await post.close()

    run(story())


@both
def test_silence_is_no_answer_and_the_next_one_is_asked_anew(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.3)

    async def story() -> None:
        async with node() as server, stage(tmp_path, server) as here:
            post = kind(here, "publisher-1")
            here.silence()
            assert await post.ask(BODY) is None
            here.heal()
            answer = await post.ask(BODY)
            while answer is None:
                answer = await post.ask(BODY)  # A noisy machine may take longer than that.
            assert isinstance(answer, Yes)
            await post.close()

    run(story())
