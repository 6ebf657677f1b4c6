import msgspec
import pytest

from loadtests.crash.spec import Spec


def test_what_is_not_said_is_as_the_manual_says() -> None:
    spec = msgspec.json.decode(b"{}", type=Spec)

    assert spec == Spec(rounds=20, seed=1, store="sqlite:", out=None, json=False)


def test_a_spec_is_read_as_it_was_written() -> None:
    spec = Spec(rounds=3, seed=9, store="sqlite:x.db", users=1, publishers=2, out="o", json=True)

    assert msgspec.json.decode(msgspec.json.encode(spec), type=Spec) == spec


@pytest.mark.parametrize(
    "text", [b'{"rounds": 0}', b'{"users": 0}', b'{"publishers": 0}', b'{"round": 3}', b"[]"]
)
def test_anything_else_is_no_spec(text: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Spec)
