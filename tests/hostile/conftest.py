"""A server under attack, shared by the tests of one file, that each attack must leave unharmed."""

from collections.abc import Iterator

import pytest

from tests.support.siege import Siege, siege


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with siege(tmp_path_factory.mktemp("siege") / "data") as here:
        yield here


@pytest.fixture
def unharmed(besieged: Siege) -> Iterator[None]:
    yield
    besieged.assert_unharmed()
