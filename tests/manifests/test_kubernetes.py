"""The manifests fit the server, each other, and what kustomize makes of them."""

from importlib.metadata import version
from typing import Any

import pytest
import yaml

from notifyd.app import CLOSE_SECONDS, REQUEST_SECONDS
from notifyd.secret import new_secret
from notifyd.settings import load_settings
from tests.manifests.reading import COMPOSE, KUBERNETES, OVERLAYS, manifests, only, rendered

BASE = yaml.safe_load((KUBERNETES / "base" / "deployment.yaml").read_text())
SEVERAL = KUBERNETES / "overlays" / "several-nodes"


def container(deployment: Any) -> Any:
    """The server's container."""
    (found,) = deployment["spec"]["template"]["spec"]["containers"]
    return found


def variables(of: Any) -> dict[str, str]:
    """The container's variables that stand in the manifest itself."""
    return {each["name"]: each["value"] for each in of["env"] if "value" in each}


# Files


def test_every_file_is_used_by_a_kustomization() -> None:
    for path in KUBERNETES.rglob("kustomization.yaml"):
        kustomization = yaml.safe_load(path.read_text())
        places = kustomization.get("resources", []) + kustomization.get("components", [])
        patches = [patch["path"] for patch in kustomization.get("patches", [])]
        inside = {place for place in places if not place.startswith("..")} | set(patches)
        there = {each.name for each in path.parent.iterdir() if each.suffix != ".md"}

        assert all((path.parent / place).exists() for place in places)
        # The overlays are what people apply.
        assert inside == there - {"kustomization.yaml"}


def test_no_secret_is_committed() -> None:
    assert "Secret" not in {each["kind"] for each in manifests()}
    assert "stringData" not in str(manifests())


def test_the_image_is_named_once_and_the_same_as_for_compose() -> None:
    kustomization = yaml.safe_load((KUBERNETES / "base" / "kustomization.yaml").read_text())
    (image,) = kustomization["images"]
    compose = yaml.safe_load((COMPOSE / "compose.yaml").read_text())

    assert container(BASE)["image"] == image["name"]
    assert f"{image['newName']}:{image['newTag']}" == compose["services"]["notifyd"]["image"]
    assert image["newTag"] == version("notifyctl")


# The server


def test_the_server_understands_every_variable() -> None:
    def secret(path: str) -> str:
        assert path == "/run/secrets/jwt/secret"
        return new_secret()

    settings = load_settings({}, variables(container(BASE)), {}, secret)

    assert settings.jwt_secret is not None
    assert settings.public_ws_url == "wss://notify.example.org/ws"


def test_the_grace_period_outlasts_the_pause_and_the_drain() -> None:
    pause = container(BASE)["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = float(variables(container(BASE))["NOTIFYD_DRAIN_SECONDS"])
    grace = BASE["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]

    assert grace > pause + drain + CLOSE_SECONDS + REQUEST_SECONDS


def test_a_restart_takes_longer_to_come_than_a_pause_of_the_process() -> None:
    live, ready = container(BASE)["livenessProbe"], container(BASE)["readinessProbe"]

    assert live["httpGet"]["path"] == "/healthz"
    assert ready["httpGet"]["path"] == "/readyz"
    assert live["periodSeconds"] * live["failureThreshold"] >= 120
    assert ready["periodSeconds"] * ready["failureThreshold"] <= 10


# The ways in


def test_both_ways_in_lead_to_the_same_and_to_nothing_else() -> None:
    (rule,) = only(manifests(), "Ingress")["spec"]["rules"]
    ingress = {
        path["path"]: path["backend"]["service"]["port"]["name"] for path in rule["http"]["paths"]
    }
    ports = {port["port"]: port["name"] for port in only(manifests(), "Service")["spec"]["ports"]}
    route = {
        match["path"]["value"]: ports[backend["port"]]
        for each in only(manifests(), "HTTPRoute")["spec"]["rules"]
        for match in each["matches"]
        for backend in each["backendRefs"]
    }

    assert ingress == route == {"/ws": "ws", "/v1": "http", "/sdk": "http"}


# What kustomize makes of it


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_kustomize_takes_the_overlay(overlay: str) -> None:
    deployment = only(rendered(overlay), "Deployment")

    assert container(deployment)["image"] == f"notifyctl:{version('notifyctl')}"
    assert {each["metadata"]["namespace"] for each in rendered(overlay)} == {"realtime"}


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_mount_has_its_volume(overlay: str) -> None:
    for each in rendered(overlay):
        if each["kind"] not in {"Deployment", "StatefulSet"}:
            continue
        pod = each["spec"]["template"]["spec"]
        claims = [claim["metadata"] for claim in each["spec"].get("volumeClaimTemplates", [])]
        (one,) = pod["containers"]

        assert {mount["name"] for mount in one["volumeMounts"]} == {
            volume["name"] for volume in [*pod.get("volumes", []), *claims]
        }


def test_one_node_is_one_server_that_goes_before_the_next_comes() -> None:
    spec = only(rendered("one-node"), "Deployment")["spec"]

    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_several_nodes_are_counted_by_the_autoscaler_alone() -> None:
    spec = only(rendered("several-nodes"), "Deployment")["spec"]
    scaling = only(rendered("several-nodes"), "HorizontalPodAutoscaler")["spec"]

    assert "replicas" not in spec
    assert scaling["minReplicas"] >= 2
    assert {metric["resource"]["name"] for metric in scaling["metrics"]} == {"memory", "cpu"}
    assert scaling["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= 300


def test_valkey_writes_each_change_before_it_answers_and_forgets_nothing() -> None:
    valkey = yaml.safe_load((SEVERAL / "valkey" / "stateful-set.yaml").read_text())
    words = container(valkey)["args"]
    options = dict(zip(words[::2], words[1::2], strict=True))

    assert options["--appendonly"] == "yes"
    assert options["--appendfsync"] == "always"
    assert options["--maxmemory-policy"] == "noeviction"


def test_a_variable_is_defined_before_it_is_used() -> None:
    names = [
        each["name"] for each in container(only(rendered("several-nodes"), "Deployment"))["env"]
    ]

    assert names.index("VALKEY_PASSWORD") < names.index("NOTIFYD_STORE")
