import asyncio

import pytest

from notifyctl.client.tokens import SourceFailed, Tokens, TokenSource
from notifyctl.errors import Forbidden


async def asynchronous() -> str:
    return "async"


@pytest.mark.parametrize(
    ("source", "token", "renewable"),
    [("fixed", "fixed", False), (lambda: "plain", "plain", True), (asynchronous, "async", True)],
)
def test_a_source_is_a_token_or_a_function(
    source: TokenSource, token: str, renewable: bool
) -> None:
    tokens = Tokens(source)

    assert asyncio.run(tokens.fetch()) == token
    assert tokens.current == token
    assert tokens.renewable is renewable


def test_what_a_source_fails_with_may_pass() -> None:
    def source() -> str:
        raise ConnectionError("the login service is away")

    with pytest.raises(SourceFailed, match="the login service is away"):
        asyncio.run(Tokens(source).fetch())


def test_an_error_of_notifyctl_is_the_sources_last_word() -> None:
    async def source() -> str:
        raise Forbidden(reason="signed out")

    with pytest.raises(Forbidden, match="signed out"):
        asyncio.run(Tokens(source).fetch())


def test_a_failed_fetch_leaves_the_token_that_was() -> None:
    answers = iter(["first"])
    tokens = Tokens(lambda: next(answers))
    asyncio.run(tokens.fetch())

    with pytest.raises(SourceFailed):
        asyncio.run(tokens.fetch())

    assert tokens.current == "first"
