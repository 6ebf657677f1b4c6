import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import (
    BadRequest,
    Forbidden,
    MethodNotAllowed,
    NotifyError,
    RateLimited,
    StoreUnavailable,
    TokenExpired,
    TokenInvalid,
    Unauthorized,
)
from notifyd import problems


def test_a_problem_carries_the_code_the_sentence_and_the_status() -> None:
    problem = problems.problem(Forbidden(reason="it needs the scope 'publish'"))

    assert (problem.type, problem.title, problem.status) == ("about:blank", "Forbidden", 403)
    assert problem.code == "forbidden"
    assert problem.detail == "The token does not allow this: it needs the scope 'publish'."
    assert problem.retry_ms is None


def test_a_problem_says_when_to_come_back() -> None:
    assert problems.problem(RateLimited(retry_ms=1500)).retry_ms == 1500


@pytest.mark.parametrize(
    ("error", "headers"),
    [
        (Unauthorized(), {"WWW-Authenticate": "Bearer"}),
        (TokenInvalid(reason="x"), {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
        (TokenExpired(), {"WWW-Authenticate": 'Bearer error="invalid_token"'}),
        (MethodNotAllowed(path="/", method="PUT", allowed="GET, HEAD"), {"Allow": "GET, HEAD"}),
        (RateLimited(retry_ms=1), {"Retry-After": "1"}),
        (StoreUnavailable(reason="x"), {"Retry-After": "1"}),
        (StoreUnavailable(reason="x", retry_ms=2001), {"Retry-After": "3"}),
        (BadRequest(detail="x"), {}),
    ],
)
def test_a_status_brings_its_headers(error: NotifyError, headers: dict[str, str]) -> None:
    assert problems.headers(error) == headers


@given(retry_ms=st.integers(0, 10**9))
def test_nobody_is_told_to_come_too_early_or_more_than_a_second_late(retry_ms: int) -> None:
    seconds = problems.retry_seconds(retry_ms)

    assert seconds >= 1
    assert 0 <= seconds * 1000 - retry_ms <= 1000
