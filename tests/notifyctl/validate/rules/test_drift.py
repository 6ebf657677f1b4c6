"""The same service in compose and in Kubernetes."""

import pytest

from tests.support.manifests import pod
from tests.support.validating import findings

DOCKERFILE = 'FROM python:3.13-slim\nUSER USER\nEXPOSE 8000 8001\nCMD ["notifyctl", "serve"]\n'


def compose(more: str = "", image: str = "notifyctl:0.1.0") -> str:
    return f"services: {{notify: {{image: '{image}', restart: always{more}}}}}\n"


def told(compose_text: str, pod_text: str, name: str = "compose.production.yaml") -> list[str]:
    found = findings({name: compose_text, "pod.yaml": pod_text}, select=("XF409",))
    return [each.problem.message for each in found]


@pytest.mark.parametrize(
    ("user", "context", "is_told"),
    [
        ("10001", "runAsUser: 1000", True),
        ("10001:10001", "runAsUser: 10001", False),
        ("notify", "runAsUser: 1000", False),
        ("10001", "runAsNonRoot: true", False),
        ("$WHO", "runAsUser: 1000", False),
    ],
)
def test_the_pod_runs_as_the_user_of_the_image(user: str, context: str, is_told: bool) -> None:
    files = {
        "Dockerfile": DOCKERFILE.replace("USER USER", f"USER {user}"),
        "pod.yaml": pod(spec=f"securityContext: {{{context}}}"),
    }

    assert len(findings(files, select=("XF409",))) == is_told


@pytest.mark.parametrize(
    ("image", "is_told"),
    [
        ("notifyctl:0.2.0", True),
        ("notifyctl:0.1.0", False),
        ("notifyctl", False),
        ("notifyctl:${TAG:-0.2.0}", False),
        ("example/notifyctl:0.2.0", False),
    ],
)
def test_both_run_the_same_version(image: str, is_told: bool) -> None:
    message = "Kubernetes runs `notifyctl` in version 0.1.0, and compose in 0.2.0"

    assert told(compose(image=image), pod()) == [message] * is_told


def test_compose_for_development_is_not_compared() -> None:
    assert told(compose(image="notifyctl:0.2.0"), pod(), "compose.yaml") == []


@pytest.mark.parametrize(("seconds", "is_told"), [("60", True), ("20s", False), ("$(A)", False)])
def test_both_drain_for_the_same_time(seconds: str, is_told: bool) -> None:
    here = pod(f"env: [{{name: NOTIFYD_DRAIN_SECONDS, value: '{seconds}'}}]")
    message = f"the drain takes {seconds} here, and 20 under compose"

    assert told(compose(", environment: {NOTIFYD_DRAIN_SECONDS: 20}"), here) == [message] * is_told


@pytest.mark.parametrize(
    ("container", "is_told"),
    [
        ("env: [{name: A, value: b}]", True),
        ("env: [{name: NOTIFYD_JWT_PUBLIC_KEY_FILE, value: /a}]", False),
        ("env: [{name: NOTIFYD_GENERATE_SECRET, value: 'true'}]", False),
        ("envFrom: [{secretRef: {name: a}}]", False),
        ("envFrom: [{configMapRef: {name: elsewhere}}]", False),
        ("args: [serve, --config, /etc/a.toml]", False),
    ],
)
def test_both_are_given_the_keys_for_tokens(container: str, is_told: bool) -> None:
    keys = ", environment: {NOTIFYD_JWT_SECRET_FILE: /run/secrets/jwt}"

    assert (
        told(compose(keys), pod(container))
        == ["container `notify` is given no keys for tokens"] * is_told
    )


READ_ONLY = "securityContext: {readOnlyRootFilesystem: true}"


@pytest.mark.parametrize(
    ("more", "container", "is_told"),
    [
        (", read_only: true, tmpfs: [/tmp]", READ_ONLY, True),
        (", read_only: true, tmpfs: '/tmp:size=8m'", READ_ONLY, True),
        (
            ", read_only: true, tmpfs: [/tmp]",
            f"{READ_ONLY}, volumeMounts: [{{name: a, mountPath: /tmp/}}]",
            False,
        ),
        (
            ", read_only: true, tmpfs: [/var/tmp]",
            f"{READ_ONLY}, volumeMounts: [{{name: a, mountPath: /var}}]",
            False,
        ),
        (", tmpfs: [/tmp]", READ_ONLY, False),
        (", read_only: true, tmpfs: [/tmp]", "securityContext: {}", False),
    ],
)
def test_what_can_be_written_under_compose_can_be_written_here(
    more: str, container: str, is_told: bool
) -> None:
    message = "the service can write to `/tmp` under compose, and not here"

    assert told(compose(more), pod(container)) == [message] * is_told


@pytest.mark.parametrize("path", ["'$DIR'", "tmp", ""])
def test_a_folder_that_is_not_clear_is_not_compared(path: str) -> None:
    assert told(compose(f", read_only: true, tmpfs: [{path}]"), pod(READ_ONLY)) == []
