"""The way to a cluster, and one sentence for each way that does not lead there."""

import sys
from pathlib import Path

import pytest

from loadtests.bench.loopback import free_port
from notifyctl.errors import UNREACHABLE, ClusterUnreachable
from notifyctl.validate.cluster.connection import connect
from tests.support.api_server import NAMESPACE, TOKEN, FakeCluster, write_kubeconfig
from tests.support.self_signed import self_signed_server


def why(context: str | None, kubeconfig: str | None) -> str:
    """Why the cluster cannot be reached, in one sentence."""
    with pytest.raises(ClusterUnreachable) as caught, connect(context, kubeconfig) as server:
        server.get("/version")
    assert caught.value.exit_status == UNREACHABLE
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_token_of_the_context_goes_along(fake: FakeCluster, kubeconfig: str) -> None:
    with connect(None, kubeconfig) as server:
        answer = server.get("/api/v1/namespaces/notify", limit="1")

    assert (answer.status, answer.body["metadata"]["name"]) == (200, "notify")
    assert fake.asked[0].authorization == f"Bearer {TOKEN}"
    assert fake.asked[0].query == {"limit": "1"}


def test_a_context_has_its_namespace_and_otherwise_it_is_default(kubeconfig: str) -> None:
    assert connect("test", kubeconfig).namespace == NAMESPACE
    assert connect("other", kubeconfig).namespace == "default"


def test_the_kubeconfig_of_the_environment_counts(
    kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig)

    assert connect(None).namespace == NAMESPACE


def test_an_unknown_context_is_told_with_those_that_there_are(kubeconfig: str) -> None:
    said = why("prod", kubeconfig)

    assert "no context 'prod'; there are other, test" in said


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    assert "no kubeconfig can be used" in why(None, str(tmp_path / "none"))


@pytest.mark.parametrize(
    "text", ["", "a: [", "[]", "contexts: 3", "current-context: x\ncontexts: []"]
)
def test_a_kubeconfig_that_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config"
    path.write_text(text)

    assert "kubeconfig" in why(None, str(path))


def test_a_context_whose_cluster_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "config"
    text = Path(write_kubeconfig(path, "http://127.0.0.1:1")).read_text()
    path.write_text(text.replace("cluster: here", "cluster: gone"))

    assert "Expected object with name gone" in why("test", str(path))


def test_a_cluster_that_does_not_answer(tmp_path: Path) -> None:
    config = write_kubeconfig(tmp_path / "config", f"http://127.0.0.1:{free_port()}")

    assert "the cluster of context 'test' does not answer" in why(None, config)


def test_a_certificate_that_the_kubeconfig_does_not_trust(tmp_path: Path) -> None:
    with self_signed_server(tmp_path) as url:
        config = write_kubeconfig(tmp_path / "config", url)

        assert "has a certificate that your kubeconfig does not trust" in why(None, config)


def test_something_that_does_not_speak_tls(fake: FakeCluster, tmp_path: Path) -> None:
    config = write_kubeconfig(tmp_path / "config", fake.url.replace("http://", "https://"))

    assert "does not speak TLS as expected" in why(None, config)


def test_credentials_that_are_refused_are_not_repeated(fake: FakeCluster, tmp_path: Path) -> None:
    config = write_kubeconfig(tmp_path / "config", fake.url, token="hunter2")

    said = why(None, config)

    assert "refused your credentials (401)" in said
    assert "hunter2" not in said


def test_a_missing_package_is_told_with_its_install_line(
    kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kubernetes.client", None)

    assert "pip install 'notifyctl[kubernetes]'" in why(None, kubeconfig)


def test_inside_a_cluster_its_service_account_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "1")

    assert "its service account cannot be used" in why(None, None)
