import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from notifyctl.errors import StoreUnavailable
from notifyd.store.lane import MAX_WEIGHT, Lane


class Writing:
    """A turn that notes numbers in a table."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN IMMEDIATE")
        self.connection = connection

    def note(self, number: int) -> int:
        self.connection.execute("INSERT INTO numbers VALUES (?)", (number,))
        return number

    def commit(self) -> None:
        self.connection.execute("COMMIT")


class Stage:
    """A lane over a real database; counts its connections and turns, and can make them fail."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connections = 0
        self.turns = 0
        self.heard: list[list[Any]] = []
        self.broken_connect = False
        self.broken_commit = False
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE numbers (number INTEGER UNIQUE)")
        database.close()

    def connect(self) -> sqlite3.Connection:
        self.connections += 1
        if self.broken_connect:
            return sqlite3.connect(self.path / "no such folder")
        return sqlite3.connect(self.path, isolation_level=None)

    def begin(self, connection: sqlite3.Connection) -> Writing:
        self.turns += 1
        if self.broken_commit:
            # From here on the database refuses to commit, as a broken disk would.
            connection.set_authorizer(refuse_commits)
        return Writing(connection)

    def lane(self) -> Lane[Writing]:
        return Lane(
            self.connect,
            self.begin,
            name="lane",
            on_commit=lambda answers: self.heard.append(list(answers)),
        )

    def kept(self) -> list[int]:
        database = sqlite3.connect(self.path)
        try:
            return sorted(number for (number,) in database.execute("SELECT number FROM numbers"))
        finally:
            database.close()


def refuse_commits(action: int, first: str | None, *_: object) -> int:
    is_commit = action == sqlite3.SQLITE_TRANSACTION and first == "COMMIT"
    return sqlite3.SQLITE_DENY if is_commit else sqlite3.SQLITE_OK


Scene = Callable[[Stage, Lane[Writing]], Coroutine[Any, Any, None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Scene], Stage]:
    """Plays a scene with a lane, and stops the lane."""

    def play(scene: Scene) -> Stage:
        stage = Stage(tmp_path / "numbers.sqlite3")

        async def whole() -> None:
            lane = stage.lane()
            try:
                await scene(stage, lane)
            finally:
                await lane.stop()

        asyncio.run(whole())
        return stage

    return play


async def held(lane: Lane[Writing]) -> Callable[[], None]:
    """Keep the lane's thread busy until the returned function is called."""
    began, go_on = Event(), Event()

    def wait(_: Writing) -> None:
        began.set()
        go_on.wait(10)

    running = asyncio.create_task(lane.run(wait))
    await asyncio.to_thread(began.wait, 10)
    assert not running.done()
    return go_on.set


def start(lane: Lane[Writing], *numbers: int) -> list[asyncio.Task[int]]:
    return [asyncio.create_task(lane.run(partial(Writing.note, number=n))) for n in numbers]


def test_an_answer_comes_after_the_commit(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        assert await lane.run(lambda turn: turn.note(7)) == 7
        assert stage.kept() == [7]

    play(scene)


def test_jobs_that_wait_share_one_transaction(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        tasks = start(lane, *range(20))
        await asyncio.sleep(0)
        assert lane.waiting == 21
        release()
        assert await asyncio.gather(*tasks) == list(range(20))
        assert lane.waiting == 0

    stage = play(scene)
    assert stage.turns == 2
    assert stage.heard == [[None], list(range(20))]


def test_a_group_is_bounded(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        tasks = start(lane, *range(MAX_WEIGHT + 5))
        await asyncio.sleep(0)
        release()
        await asyncio.gather(*tasks)

    stage = play(scene)
    assert [len(answers) for answers in stage.heard] == [1, MAX_WEIGHT, 5]


def test_heavy_jobs_make_small_groups(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        weights = [1, MAX_WEIGHT - 1, 1, 2 * MAX_WEIGHT, MAX_WEIGHT // 2, MAX_WEIGHT // 2, 1]
        tasks = [
            asyncio.create_task(lane.run(partial(Writing.note, number=number), weight))
            for number, weight in enumerate(weights)
        ]
        await asyncio.sleep(0)
        release()
        await asyncio.gather(*tasks)

    assert play(scene).heard == [[None], [0, 1], [2, 3], [4, 5], [6]]


def test_a_failed_commit_fails_all_of_the_group_and_keeps_nothing(
    play: Callable[[Scene], Stage],
) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        stage.broken_commit = True
        tasks = start(lane, 1, 2, 3)
        await asyncio.sleep(0)
        release()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [StoreUnavailable] * 3
        assert len({id(outcome) for outcome in outcomes}) == 3
        assert stage.kept() == []

        stage.broken_commit = False
        assert await lane.run(lambda turn: turn.note(4)) == 4

    stage = play(scene)
    assert stage.kept() == [4]
    assert stage.connections == 2
    heard = [answer for answers in stage.heard for answer in answers]
    assert [answer for answer in heard if isinstance(answer, int)] == [4]


def test_a_connection_that_cannot_be_opened_is_tried_again(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        stage.broken_connect = True
        with pytest.raises(StoreUnavailable, match="the file cannot be opened"):
            await lane.run(lambda turn: turn.note(1))
        stage.broken_connect = False
        await lane.run(lambda turn: turn.note(2))

    assert play(scene).kept() == [2]


@pytest.mark.parametrize("mistake", [KeyError("no such thing"), sqlite3.IntegrityError("twice")])
def test_a_mistake_of_one_job_costs_the_others_nothing(
    play: Callable[[Scene], Stage], mistake: Exception
) -> None:
    def blunder(turn: Writing) -> None:
        turn.note(99)
        raise mistake

    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        before = start(lane, 1, 2)
        wrong = asyncio.create_task(lane.run(blunder))
        after = start(lane, 3)
        await asyncio.sleep(0)
        release()
        assert await asyncio.gather(*before, *after) == [1, 2, 3]
        with pytest.raises(type(mistake)):
            await wrong

    assert play(scene).kept() == [1, 2, 3]


def test_a_caller_that_goes_away_stops_nothing(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        gone, stays = start(lane, 1, 2)
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        release()
        assert await stays == 2
        assert lane.waiting == 0

    stage = play(scene)
    assert stage.kept() == [1, 2]
    assert stage.heard[-1] == [1, 2]


def test_the_listener_is_told_before_the_callers(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "numbers.sqlite3")
    order: list[str] = []

    async def scene() -> None:
        lane = Lane(
            stage.connect,
            stage.begin,
            name="lane",
            on_commit=lambda answers: order.append(f"listener {answers}"),
        )
        await lane.run(lambda turn: turn.note(1))
        order.append("caller")
        await lane.stop()

    asyncio.run(scene())
    assert order == ["listener [1]", "caller"]


def test_a_listener_that_fails_leaves_nobody_waiting(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "numbers.sqlite3")
    reported: list[object] = []

    def fail(_: object) -> None:
        raise ValueError("the listener is broken")

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(
            lambda _, context: reported.append(context["exception"])
        )
        lane = Lane(stage.connect, stage.begin, name="lane", on_commit=fail)
        assert await asyncio.wait_for(lane.run(lambda turn: turn.note(1)), 10) == 1
        await lane.stop()

    asyncio.run(scene())
    assert [str(error) for error in reported] == ["the listener is broken"]


def test_stopping_finishes_what_waits(play: Callable[[Scene], Stage]) -> None:
    async def scene(stage: Stage, lane: Lane[Writing]) -> None:
        release = await held(lane)
        tasks = start(lane, *range(MAX_WEIGHT + 1))
        await asyncio.sleep(0)
        stopping = [asyncio.create_task(lane.stop()) for _ in range(2)]
        release()
        await asyncio.gather(*stopping)
        assert all(task.done() for task in tasks)
        with pytest.raises(StoreUnavailable, match="it is closed"):
            await lane.run(lambda turn: turn.note(-1))

    assert len(play(scene).kept()) == MAX_WEIGHT + 1


def test_a_lane_outlives_its_loop_in_silence(tmp_path: Path) -> None:
    stage = Stage(tmp_path / "numbers.sqlite3")
    release: list[Callable[[], None]] = []

    async def scene() -> None:
        lane = stage.lane()
        release.append(await held(lane))
        start(lane, 1)
        await asyncio.sleep(0)

    asyncio.run(scene())
    release[0]()
