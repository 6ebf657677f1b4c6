from pathlib import Path

from loadtests.bench.generator import generator
from loadtests.bench.stage import Stage


def test_what_one_process_holds_and_checks_is_measured(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        found = {
            figure.name: figure
            for figure in generator(stage, rounds=1, connections=200, copies=500)
        }

    assert found["held"].median == 200
    assert found["memory to hold them"].median > 20
    assert found["checked"].median == 500
    assert found["lag meanwhile, p99"].median > 0
