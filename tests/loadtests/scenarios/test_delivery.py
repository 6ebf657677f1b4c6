from tests.support.load_runs import counted, load_run


def test_everybody_gets_what_was_published_on_schedule() -> None:
    with load_run(rate=100, warmup=0.5, duration=1, arrival="constant") as run:
        result = run.result()
        phases = run.phases()

    assert phases == ["preflight", "ramp", "warmup", "steady", "quiesce", "judged"]
    found = counted(result)
    assert found.attempted == 150
    assert found.received == found.expected == 300
    assert result.figures["rate.achieved"] == 1.0
    assert result.figures["connect.achieved"] == 1.0
    # What was due within the warm-up is checked as everything is, and not timed.
    assert result.histograms["delivery"].count == 200
    assert result.histograms["publish.ack"].count == 100
