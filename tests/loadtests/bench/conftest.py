import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtests.bench.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    if shutil.which("cc") is None:
        pytest.skip("the receivers are written in C, and there is no compiler")
    with Stage(tmp_path) as stage:
        yield stage
