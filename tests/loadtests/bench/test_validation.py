import sys
from pathlib import Path

import pytest

from loadtests.bench.stage import Stage
from loadtests.bench.validation import DOCUMENTS, EACH, validation, whole, write
from tests.support.validating import findings


def test_what_is_measured_is_right_and_as_much_as_it_says(tmp_path: Path) -> None:
    folder = write(tmp_path / "few", 10)

    assert sum(path.read_text().count("kind: ") for path in folder.iterdir()) == 10
    assert findings({"app.yaml": DOCUMENTS.format(name="app")}) == []
    assert EACH == 5


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="non-zero exit status"):
        whole([sys.executable, "-c", "raise SystemExit(1)"], tmp_path)


def test_the_figures_have_their_goals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loadtests.bench.validation.MANY", 20)
    with Stage() as stage:
        few, many, beside, growth = validation(stage, rounds=1)

    assert (str(few.goal), str(many.goal)) == ("≤ 150", "≤ 3")
    assert beside.is_ratio
    assert growth.is_ratio
