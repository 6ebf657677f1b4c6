"""A server under attack on port 8000, shared by the tests of one file."""

from collections.abc import Iterator

import pytest

from tests.support.http_siege import HttpSiege, http_siege


@pytest.fixture(scope="module")
def besieged_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpSiege]:
    with http_siege(tmp_path_factory.mktemp("siege") / "data") as here:
        yield here
