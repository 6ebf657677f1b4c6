"""The settings of the checks are those of the server that they are made for."""

from notifyctl.validate.settings import Settings
from notifyd.settings import FIELDS


def test_the_defaults_describe_our_own_server() -> None:
    ours = Settings()

    assert ours.http_port == FIELDS["http_port"].default
    assert ours.ws_port == FIELDS["ws_port"].default
    assert ours.drain_seconds == FIELDS["drain_seconds"].default
    assert ours.ping_seconds == FIELDS["ping_seconds"].default
    assert not ours.is_production
