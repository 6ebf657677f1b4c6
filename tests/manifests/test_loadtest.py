"""The load test on Kubernetes asks for what `notifyctl load` understands, and finds its parts."""

import socket
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadtests.joining import PORT
from tests.manifests.reading import KUBERNETES
from tests.support.command_line import Notifyctl, at_home, caller
from tests.support.fake_runs import Told
from tests.support.load_results import lines

FOLDER = KUBERNETES / "loadtest"


def read(name: str) -> Any:
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def pod(name: str) -> Any:
    return read(name)["spec"]["template"]


def container(name: str) -> Any:
    (found,) = pod(name)["spec"]["containers"]
    return found


@pytest.fixture
def notifyctl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Notifyctl:
    at_home(monkeypatch, tmp_path)
    return caller(monkeypatch, capsys)


@pytest.fixture
def spec(notifyctl: Notifyctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the run is asked to do in the cluster, in which `notifyd` has a private address."""
    told = Told(tmp_path, monkeypatch)
    told.by(lines())
    found = [(0, 0, 0, "", ("10.96.0.7", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    (tmp_path / "secret").write_text("s" * 32)
    mounted = "/run/secrets/jwt/secret"
    words = [
        word.replace(mounted, str(tmp_path / "secret")) for word in container("master")["args"]
    ]

    assert words != container("master")["args"]
    assert notifyctl(*words).status == 0
    return told.spec


def test_the_master_waits_for_as_many_workers_as_there_are(spec: Any) -> None:
    workers = read("workers")["spec"]

    assert spec["bind"] == "0.0.0.0"
    assert spec["processes"] == workers["completions"] == workers["parallelism"]


def test_it_loads_the_server_of_the_same_namespace(spec: Any) -> None:
    service = yaml.safe_load((KUBERNETES / "base" / "service.yaml").read_text())
    name = service["metadata"]["name"]
    http, ws = (port["port"] for port in service["spec"]["ports"])

    assert spec["target"]["http_url"] == f"http://{name}:{http}"
    assert spec["target"]["ws_url"] == f"ws://{name}:{ws}/ws"


def test_the_workers_find_the_master_by_the_name_of_its_service() -> None:
    service = read("service")
    selector = service["spec"]["selector"]

    assert container("workers")["args"] == ["load", "worker", service["metadata"]["name"]]
    assert selector.items() <= pod("master")["metadata"]["labels"].items()
    assert not selector.items() <= pod("workers")["metadata"]["labels"].items()


def test_everybody_means_the_same_port() -> None:
    (service,) = read("service")["spec"]["ports"]
    (named,) = container("master")["ports"]
    (ingress,) = read("network-policy")["spec"]["ingress"]

    assert service["port"] == named["containerPort"] == ingress["ports"][0]["port"] == PORT
    assert service["targetPort"] == named["name"]


def test_a_run_that_failed_is_not_tried_again() -> None:
    assert read("master")["spec"]["backoffLimit"] == 0
    assert pod("master")["spec"]["restartPolicy"] == "Never"


@pytest.mark.parametrize("name", ["master", "workers"])
def test_the_pods_may_do_no_more_than_those_of_the_server(name: str) -> None:
    server = yaml.safe_load((KUBERNETES / "base" / "deployment.yaml").read_text())
    (theirs,) = server["spec"]["template"]["spec"]["containers"]

    assert container(name)["securityContext"] == theirs["securityContext"]
    assert pod(name)["spec"]["automountServiceAccountToken"] is False
