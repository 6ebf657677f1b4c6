"""`notifyctl validate` asks what runs: a server, a cluster, an API server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifyctl.cli.asking import own_token
from tests.support.api_server import FakeCluster, fake_cluster, refusal, write_kubeconfig
from tests.support.command_line import Notifyctl
from tests.support.live_namespace import GOOD
from tests.support.servers import ServerProcess


@pytest.fixture(autouse=True)
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without any file."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(home)
    return home


@pytest.fixture
def cluster(here: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCluster]:
    """A stand-in for an API server, which the kubeconfig leads to."""
    with fake_cluster() as fake:
        monkeypatch.setenv("KUBECONFIG", write_kubeconfig(here / "config", fake.url))
        yield fake


def test_a_server_is_asked_and_its_latencies_are_a_table(
    notifyctl: Notifyctl, server: ServerProcess
) -> None:
    outcome = notifyctl(
        "validate", "--live", server.http_url, "--ws", server.ws_url, "--idle", "100ms"
    )

    assert outcome.status == 0
    assert "P99" in outcome.out
    assert "nothing to complain about" in outcome.out


def test_a_server_that_is_not_there_is_status_3(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("validate", "--live", "http://127.0.0.1:9", "--idle", "100ms")

    assert outcome.status == 3
    assert "http://127.0.0.1:9" in outcome.out


def test_a_cluster_is_read_without_any_file(notifyctl: Notifyctl, cluster: FakeCluster) -> None:
    cluster.add_yaml(GOOD)
    outcome = notifyctl("validate", "--kubernetes", "--namespace", "notify", "--json")

    assert cluster.asked
    assert outcome.status in (0, 1)


def test_a_cluster_that_cannot_be_reached_is_status_3(
    notifyctl: Notifyctl, cluster: FakeCluster
) -> None:
    outcome = notifyctl("validate", "--kubernetes", "--kube-context", "nowhere")

    assert outcome.status == 3
    assert "no context 'nowhere'" in outcome.out


def test_what_the_api_server_refuses_is_a_finding(
    notifyctl: Notifyctl, cluster: FakeCluster, here: Path
) -> None:
    (here / "service.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: notify}\nspec: {ports: [{port: 80}]}\n"
    )
    cluster.replies["POST Service/notify"] = refusal(
        422, "invalid", ("spec.ports[0].port", "must be another one")
    )
    outcome = notifyctl("validate", "--dry-run-server")

    assert outcome.status == 1
    assert "service.yaml:4:" in outcome.out
    assert "The API server looked at 1 document" in outcome.err


def test_a_server_on_this_machine_is_asked_with_a_token_of_its_own(
    beside_a_server: Notifyctl, server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = beside_a_server(
        "validate", "--live", server.http_url, "--ws", server.ws_url, "--idle", "100ms"
    )

    assert outcome.status == 0
    assert "no token" not in outcome.err
    assert "ping" in outcome.out.lower()


def test_another_server_is_given_no_token() -> None:
    assert own_token("https://notify.example.org") == ""
