from tests.support.load_runs import counted, played


def test_a_message_is_with_the_last_who_follows_when_all_have_it() -> None:
    result = played(scenario="fanout", topics=3, subscribers=10, rate=50, processes=2)

    found = counted(result)
    assert found.devices == found.devices_at_end == 30
    assert found.received == found.expected == 10 * found.attempted
    assert result.histograms["fanout.last"].count == found.attempted
    assert result.histograms["fanout.last"].max == result.histograms["delivery"].max
    assert result.histograms["fanout.skew"].max <= result.histograms["fanout.last"].max
