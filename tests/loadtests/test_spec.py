"""A spec says everything once, and nothing that does not make sense."""

import msgspec
import pytest

from loadtests.spec import Spec


def read(**fields: object) -> Spec:
    everything = {"scenario": "delivery", "run": "0123abcd", **fields}
    return msgspec.json.decode(msgspec.json.encode(everything), type=Spec)


def test_a_scenario_and_a_run_are_enough() -> None:
    assert read() == Spec(scenario="delivery", run="0123abcd")
    assert read().target is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"scenario": "dance"},
        {"rate": 0},
        {"connections": 0},
        {"share": 1.5},
        {"duration": -1},
        {"cut": "scissors"},
        {"speed": 1},
    ],
    ids=str,
)
def test_what_cannot_be_played_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(**wrong)
