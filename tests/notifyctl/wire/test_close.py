import json
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import CloseCode, close_reason, comes_back, explain, word_for


@pytest.mark.parametrize("code", CloseCode)
def test_a_reason_fits_into_a_close_frame(code: CloseCode) -> None:
    # Longer than any program will wait: 292 million years.
    assert len(close_reason(code, sys.maxsize).encode()) <= 123


@given(code=st.sampled_from(CloseCode), retry_ms=st.none() | st.integers(0, 2**63 - 1))
def test_a_reason_says_the_code_and_the_wait_and_nothing_else(
    code: CloseCode, retry_ms: int | None
) -> None:
    expected: dict[str, object] = {"code": word_for(code)}
    if retry_ms is not None:
        expected["retry_ms"] = retry_ms

    assert json.loads(close_reason(code, retry_ms)) == expected


@pytest.mark.parametrize("code", [code for code in CloseCode if code >= 4000])
def test_the_range_decides_whether_a_client_comes_back(code: CloseCode) -> None:
    assert comes_back(code) == (4400 <= code <= 4499)


@given(code=st.integers(4400, 4599))
def test_codes_that_are_not_known_yet_follow_the_range(code: int) -> None:
    assert comes_back(code) == (code < 4500)


@pytest.mark.parametrize("code", [1000, 1001, 1005, 1006, 1011, 1012, 1013])
def test_what_the_network_does_is_no_reason_to_stay_away(code: int) -> None:
    assert comes_back(code)


@pytest.mark.parametrize("code", [1002, 1003, 1007, 1009])
def test_who_broke_the_protocol_stays_away(code: int) -> None:
    assert not comes_back(code)


def test_every_code_has_a_word_and_a_sentence_of_its_own() -> None:
    words = {word_for(code) for code in CloseCode}
    sentences = {explain(code) for code in CloseCode}

    assert len(words) == len(sentences) == len(CloseCode)
    assert all(sentence.endswith(".") for sentence in sentences)


def test_a_code_of_others_is_explained_by_its_number() -> None:
    assert explain(1011) == "The connection ended with code 1011."
