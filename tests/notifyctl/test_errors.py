import inspect
from collections.abc import Iterator
from string import Formatter

import pytest

from notifyctl import errors
from notifyctl.errors import BadRequest, InternalError, NotifyError, RateLimited, named

STATUSES = {errors.FAILED, errors.USAGE, errors.UNREACHABLE, errors.UNAUTHORIZED}


def descendants(kind: type[NotifyError]) -> Iterator[type[NotifyError]]:
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from descendants(child)


KINDS = list(descendants(NotifyError))


def example(kind: type[NotifyError]) -> NotifyError:
    """The error with a number for every name in its sentence, which fits any format."""
    names = {name for _, name, _, _ in Formatter().parse(kind.__doc__ or "") if name}
    return kind(**dict.fromkeys(names, 7))


@pytest.mark.parametrize("kind", KINDS)
def test_the_docstring_is_the_sentence_that_a_person_reads(kind: type[NotifyError]) -> None:
    sentence = str(example(kind))

    assert sentence
    assert not any(mark in sentence for mark in ("{", "}", "\n", "  "))
    assert "__doc__" in vars(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_has_its_statuses(kind: type[NotifyError]) -> None:
    assert kind.exit_status in STATUSES
    assert 400 <= kind.http_status <= 599


def test_every_error_has_a_stable_code_of_its_own() -> None:
    codes = [kind.code for kind in KINDS if kind is not InternalError]

    assert sorted(codes) == sorted(set(codes))
    assert all(code.replace("_", "").isalpha() and code.islower() for code in codes)
    assert InternalError.code == NotifyError.code == "internal"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind is not InternalError])
def test_an_error_is_found_by_its_code(kind: type[NotifyError]) -> None:
    assert named(kind.code) is kind


def test_a_code_that_only_newer_programs_know_is_an_error_all_the_same() -> None:
    assert named("brand_new") is NotifyError


def test_a_detail_is_taken_as_it_is() -> None:
    assert str(BadRequest(detail="{x} is no {y}")) == "The request is not valid: {x} is no {y}."


def test_a_quoted_error_keeps_the_words_of_the_server() -> None:
    error = RateLimited.quoted("Slow down, {you}.", retry_ms=250)

    assert str(error) == "Slow down, {you}."
    assert (error.retry_ms, error.details) == (250, {})
    assert error.code == "rate_limited"


def test_an_error_may_say_when_to_try_again() -> None:
    assert RateLimited(retry_ms=250).retry_ms == 250
    assert RateLimited().retry_ms is None


def test_a_sentence_is_short_enough_to_be_read() -> None:
    for kind in KINDS:
        lines = inspect.cleandoc(kind.__doc__ or "").splitlines()
        assert len(lines) <= 3, kind
