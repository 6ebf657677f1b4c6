from notifyctl.wire import CloseCode
from notifyd.port import FRAMES_PER_SECOND
from tests.support.nodes import node, run
from tests.support.ports import bare_port


def test_sessions_wait_as_long_as_the_settings_say() -> None:
    assert bare_port().timing.ping == 7.0


def test_who_is_sent_away_comes_back_after_the_drain_and_not_all_at_once() -> None:
    here = bare_port()
    assert not here.is_draining

    here.drain(20.0)

    assert here.is_draining
    waits = {here.retry_ms() for _ in range(100)}
    assert len(waits) > 10
    assert all(500 <= wait <= 21_500 for wait in waits)


def test_everybody_can_be_sent_away_at_once() -> None:
    async def story() -> None:
        async with node() as here, here.session("alice") as alice, here.session("bob") as bob:
            await here.server.drain()
            for session in (alice, bob):
                await session.socket.wait_closed()
                assert session.socket.close_code == CloseCode.DRAINING

    run(story())


def test_a_session_may_send_as_much_as_its_token_may_publish() -> None:
    assert bare_port().frame_rate == FRAMES_PER_SECOND
    assert bare_port(publish_rate=50_000, publish_burst=60_000).frame_rate == 50_000
    assert bare_port(publish_rate=50_000, publish_burst=60_000).frame_burst == 60_000
