from loadtests.bench.publishing import publishing
from loadtests.bench.stage import Stage


def test_every_way_to_publish_is_measured(stage: Stage) -> None:
    found = publishing(stage, rounds=1, singles=80, batches=2)

    assert len({(figure.name, figure.unit) for figure in found}) == len(found) == 8
    assert sum(figure.goal is not None for figure in found) == 2
    assert all(min(figure.values) > 0 for figure in found)
