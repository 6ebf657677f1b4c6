import pytest

from notifyctl.validate.spelling import closest


@pytest.mark.parametrize(
    ("name", "guess"), [("notifyd", "notify"), ("NOTIFY", "notify"), ("webb", "web"), ("other", "")]
)
def test_what_was_meant_is_what_is_written_most_like_it(name: str, guess: str) -> None:
    assert closest(name, ["web", "notify"]) == guess


def test_how_like_it_must_be_can_be_said() -> None:
    assert closest("notifyd-data", ["notify"], likeness=0.9) == ""
    assert closest("notifyd-data", ["notify"], likeness=0.6) == "notify"
