import json

import pytest

from loadtests.histogram import Histogram
from loadtests.report.document import SCHEMA, decoded, encoded, judged, main_metric, public
from loadtests.spec import Spec, Target
from tests.support.load_results import RUN, document, histogram, judgement, result


def test_a_document_is_read_as_it_was_written() -> None:
    written = document()

    assert decoded(encoded(written)) == written


def test_people_can_read_it_line_by_line() -> None:
    assert b'\n  "outcome": "pass"' in encoded(document())


def test_it_knows_no_secret() -> None:
    target = Target(http_url="http://h", ws_url="ws://h", secret="a-secret-nobody-may-see")
    spec = public(Spec(scenario="delivery", run=RUN, target=target))

    assert b"a-secret" not in encoded(document(spec=spec))


@pytest.mark.parametrize("text", [b"", b"[]", b'{"schema": 1}', b"\xff"])
def test_what_is_no_result_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="no result of a load run"):
        decoded(text)


def test_a_result_of_the_future_is_not_guessed_at() -> None:
    fields = json.loads(encoded(document())) | {"schema": SCHEMA + 1}

    with pytest.raises(ValueError, match="newer version"):
        decoded(json.dumps(fields).encode())


def test_a_field_of_the_future_does_no_harm() -> None:
    fields = json.loads(encoded(document())) | {"mood": "good"}

    assert decoded(json.dumps(fields).encode()) == document()


def test_the_main_latency_is_that_of_delivery_or_the_first_that_was_measured() -> None:
    some = histogram(1000, 5)

    assert main_metric({"connect": some, "delivery": some}) == "delivery"
    assert main_metric({"b": some, "a": some, "delivery": Histogram()}) == "a"
    assert main_metric({}) is None


def test_a_result_without_a_ledger_has_no_judgement() -> None:
    assert judged(result()) == judgement()
    assert judged(result(judgement={})) is None
