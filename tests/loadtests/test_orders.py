"""Orders and reports travel between processes as they are."""

import msgspec
import pytest

from loadtests.ledger import Ledger
from loadtests.orders import (
    AnyOrder,
    Ask,
    Begin,
    Cut,
    End,
    Hold,
    Leave,
    Miss,
    Publish,
    Report,
    Return,
    decode_order,
    decode_report,
)
from loadtests.spec import Spec, Target

SPEC = Spec(scenario="delivery", run="0123abcd")
TARGET = Target(http_url="http://127.0.0.1:1", ws_url="ws://127.0.0.1:2/ws", secret="s")


@pytest.mark.parametrize(
    "order",
    [
        Begin(spec=SPEC, target=TARGET, index=1, of=2, ramp=3.0),
        Publish(rate=100, seconds=5, warmup=1),
        Hold(),
        Cut(),
        Leave(share=0.5),
        Miss(events=3, seconds=2),
        Return(spread=1),
        Ask(number=4, ledger=True),
        End(),
    ],
    ids=lambda order: type(order).__name__,
)
def test_an_order_arrives_as_it_was_given(order: AnyOrder) -> None:
    assert decode_order(msgspec.json.encode(order)) == order


def test_a_report_brings_its_ledger() -> None:
    report = Report(index=1, number=2, sessions=3, ledger=Ledger(run="0123abcd"))

    assert decode_report(msgspec.json.encode(report)) == report


def test_what_is_no_order_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode_order(b'{"do": "dance"}')
