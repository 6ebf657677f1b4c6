import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.wire import LEVELS, Level
from notifyd.attention import POLICIES, Verdict, decide
from tests.support.stores import NOW, note


def test_a_low_level_is_presented_quietly() -> None:
    assert decide(note(level="low"), NOW) == Verdict("quiet", why="low")


@pytest.mark.parametrize("level", ["normal", "high", "critical"])
def test_everything_else_is_an_alert(level: Level) -> None:
    assert decide(note(level=level), NOW) == Verdict("alert", why="open")


@given(level=st.sampled_from(LEVELS), title=st.text(min_size=1), now=st.floats(0, 2**33))
def test_every_draft_gets_one_verdict_with_a_reason(level: Level, title: str, now: float) -> None:
    verdict = decide(note(title=title, level=level), now)

    assert verdict.presentation in {"alert", "quiet", "held"}
    assert verdict.why


def test_the_first_policy_with_a_verdict_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_draft: object, _now: float) -> None:
        return None

    def first(_draft: object, _now: float) -> Verdict:
        return Verdict("quiet", "first")

    def second(_draft: object, _now: float) -> Verdict:
        return Verdict("alert", "second")

    monkeypatch.setattr("notifyd.attention.POLICIES", (never, first, second, *POLICIES))

    assert decide(note(), NOW) == Verdict("quiet", "first")
