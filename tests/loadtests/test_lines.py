import msgspec
import pytest

from loadtests.lines import Failed, Phase, Tick, decode_line
from tests.support.load_results import lines


@pytest.mark.parametrize("line", [*lines()[:3], lines()[-1], Failed(reason="it rained")])
def test_a_line_is_read_as_it_was_written(line: object) -> None:
    assert decode_line(msgspec.json.encode(line)) == line


def test_what_an_older_runner_does_not_tell_is_nothing() -> None:
    assert decode_line(b'{"line":"phase","name":"ramp"}') == Phase(name="ramp")
    tick = decode_line(b'{"line":"tick","second":1,"phase":"ramp"}')
    assert isinstance(tick, Tick)
    assert (tick.lost, tick.p99) == (0, None)


@pytest.mark.parametrize("text", [b"", b"Segmentation fault", b"{}", b'{"line":"song"}'])
def test_anything_else_is_no_line(text: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_line(text)
