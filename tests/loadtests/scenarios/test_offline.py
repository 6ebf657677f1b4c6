from tests.support.load_runs import counted, load_run


def test_who_was_away_gets_all_of_it_and_nobody_else_notices() -> None:
    with load_run(
        scenario="offline", users=20, connections=40, share=0.5, away=1, missed=10, duration=1
    ) as run:
        result = run.result()
        phases = run.phases()

    assert phases[1:] == ["ramp", "steady", "away", "return", "steady", "quiesce", "judged"]
    found = counted(result)
    assert found.received == found.expected
    assert (found.lost, found.never_read, found.out_of_order, found.skipped) == (0, 0, 0, 0)
    # Half of them were away, and each user among them had to get ten messages at least.
    assert result.histograms["drain.per_user"].count == 20
    assert found.attempted >= 10 * 10
    assert result.figures["drain.msgs_per_s"] > 0
    assert result.figures["resume.ok_ratio"] == 1.0
