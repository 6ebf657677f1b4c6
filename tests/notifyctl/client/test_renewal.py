import pytest

from notifyctl.client.renewal import Renewal

NOW = 1_800_000_000.0
HOUR_MS = 3_600_000


def test_a_token_is_wanted_before_the_first_session() -> None:
    assert Renewal(renewable=True).wanted(NOW)


def test_a_fixed_token_is_never_renewed() -> None:
    renewal = Renewal(renewable=False)
    renewal.expired()

    assert not renewal.wanted(NOW + 10**9)
    assert renewal.check_in(NOW) == 3_600


def test_a_token_is_renewed_at_four_fifths_of_its_life() -> None:
    renewal = Renewal(renewable=True)
    renewal.fetched()
    renewal.accepted(HOUR_MS, NOW)

    assert renewal.check_in(NOW) == pytest.approx(2_880)
    assert not renewal.wanted(NOW + 2_879)
    assert renewal.wanted(NOW + 2_880)


def test_a_long_wait_is_made_of_hours() -> None:
    renewal = Renewal(renewable=True)
    renewal.accepted(30 * 24 * HOUR_MS, NOW)

    assert renewal.check_in(NOW) == 3_600


def test_an_attempt_that_came_to_nothing_is_repeated_later() -> None:
    renewal = Renewal(renewable=True)
    renewal.accepted(HOUR_MS, NOW)
    due = NOW + 2_880
    renewal.postpone(due)

    assert not renewal.wanted(due + 29)
    assert renewal.wanted(due + 30)


def test_a_token_is_not_fetched_twice_while_no_server_has_seen_it() -> None:
    renewal = Renewal(renewable=True)
    renewal.fetched()

    assert not renewal.wanted(NOW + 10**6)


def test_an_expired_token_is_replaced_at_once() -> None:
    renewal = Renewal(renewable=True)
    renewal.accepted(HOUR_MS, NOW)
    renewal.expired()

    assert renewal.wanted(NOW)


@pytest.mark.parametrize("expires_in_ms", [-10_000, 0, 1])
def test_a_token_without_a_life_does_not_make_the_client_spin(expires_in_ms: int) -> None:
    renewal = Renewal(renewable=True)
    renewal.accepted(expires_in_ms, NOW)

    assert not renewal.wanted(NOW + 0.9)
