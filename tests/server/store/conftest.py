"""Every backend, one after the other."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from notifyd.store.store import Limits
from tests.support.stores import BACKENDS, Backend, DrivenStore, driven

OpenStore = Callable[[Limits], DrivenStore]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    """The backend whose promises are tested."""
    name: Backend = request.param
    return name


@pytest.fixture
def open_with(backend: Backend, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the backend's store with certain limits."""
    opened: list[DrivenStore] = []

    def open_with_limits(limits: Limits) -> DrivenStore:
        opened.append(driven(backend, tmp_path, limits))
        return opened[-1]

    yield open_with_limits
    for store in opened:
        store.close()


@pytest.fixture
def store(open_with: OpenStore) -> DrivenStore:
    """The backend's store with the usual limits."""
    return open_with(Limits())
