from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.support.crash_stage import stage
from tests.support.nodes import node, run


async def answers(url: str) -> bool:
    """Whether the HTTP API is reached there."""
    try:
        async with ClientSession() as http, http.get(f"{url}/healthz") as answer:
            return answer.status == 200
    except ClientError:
        return False


def test_the_server_is_reached_until_it_is_cut_off_and_again_when_that_is_healed(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with node() as server, stage(tmp_path, server) as here:
            reached = [await answers(here.http_url)]
            here.cut()
            reached.append(await answers(here.http_url))
            here.heal()
            reached.append(await answers(here.http_url))
        assert reached == [True, False, True]

    run(story())


def test_acks_are_lost_until_all_is_healed(tmp_path: Path) -> None:
    async def story() -> None:
        async with stage(tmp_path) as here:
            here.is_losing_acks = True
            here.heal()
            assert not here.is_losing_acks

    run(story())


def test_everybody_has_a_chance_of_their_own_which_is_the_same_each_time(tmp_path: Path) -> None:
    async def story() -> None:
        async with stage(tmp_path) as here:
            draws = [here.chance(name).random() for name in ("a", "b", "a")]
        assert draws[0] == draws[2] != draws[1]

    run(story())
