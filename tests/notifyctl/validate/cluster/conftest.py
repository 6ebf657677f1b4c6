"""A cluster that is none, and the kubeconfig that leads to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api_server import FakeCluster, fake_cluster, write_kubeconfig


@pytest.fixture
def fake() -> Iterator[FakeCluster]:
    """A stand-in for an API server, empty as yet."""
    with fake_cluster() as cluster:
        yield cluster


@pytest.fixture
def kubeconfig(fake: FakeCluster, tmp_path: Path) -> str:
    """The path of a kubeconfig whose contexts lead to the stand-in."""
    return write_kubeconfig(tmp_path / "config", fake.url)
