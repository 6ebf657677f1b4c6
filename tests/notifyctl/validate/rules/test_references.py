"""What workloads name and others must bring, and the proxy before them."""

import pytest

from notifyctl.validate.finding import Severity
from tests.support.manifests import deployment, pod, together
from tests.support.validating import findings

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notify}\ndata: {level: info}\n"


def env(kind: str = "configMapKeyRef", name: str = "notify", key: str = "level") -> str:
    return f"env: [{{name: LEVEL, valueFrom: {{{kind}: {{name: {name}, key: {key}}}}}}}]"


def told(files: dict[str, str] | str, **settings: object) -> list[tuple[Severity, str]]:
    files = {"manifest.yaml": files} if isinstance(files, str) else files
    found = findings(files, select=("XF410",), **settings)
    return [(each.severity, each.problem.message) for each in found]


def test_a_key_that_a_map_does_not_have_is_an_error() -> None:
    assert told(together(MAP, pod(env()))) == []
    assert told(together(MAP, pod(env(key="lvel")))) == [
        (Severity.ERROR, "ConfigMap `notify` has no key `lvel`")
    ]


@pytest.mark.parametrize(
    "more",
    [
        "{name: notify, optional: true, key: a}",
        "{name: notify, key: $B}",
        "{name: notify$A, key: b}",
    ],
)
def test_what_is_optional_or_filled_in_later_may_be_missing(more: str) -> None:
    container = f"env: [{{name: LEVEL, valueFrom: {{configMapKeyRef: {more}}}}}]"

    assert told(together(MAP, pod(container))) == []


def test_the_nearest_map_of_a_name_is_meant() -> None:
    files = {
        "dev/map.yaml": MAP.replace("level", "other"),
        "prod/map.yaml": MAP,
        "prod/pod.yaml": pod(env()),
    }

    assert told(files) == []
    swapped = files | {
        "prod/map.yaml": files["dev/map.yaml"],
        "dev/map.yaml": files["prod/map.yaml"],
    }
    assert told(swapped) == [(Severity.ERROR, "ConfigMap `notify` has no key `level`")]


def test_of_maps_that_are_all_far_away_one_with_the_key_is_enough() -> None:
    files = {
        "dev/map.yaml": MAP.replace("level", "other"),
        "prod/map.yaml": MAP,
        "app/pod.yaml": pod(env()),
    }

    assert told(files) == []


@pytest.mark.parametrize(("name", "is_told"), [("notfy", True), ("elsewhere", False)])
def test_a_map_that_is_not_there_is_told_where_a_name_shows_a_slip(
    name: str, is_told: bool
) -> None:
    message = f"Pod `notify` needs ConfigMap `{name}`, which is not among the files"

    assert told(together(MAP, pod(env(name=name)))) == [(Severity.WARNING, message)] * is_told


def test_a_kustomization_should_bring_all_but_secrets() -> None:
    def built(container: str, spec: str = "") -> list[tuple[Severity, str]]:
        files = {"kustomization.yaml": "resources: [pod.yaml]", "pod.yaml": pod(container, spec)}
        return told(files)

    needed = "which is not among the files"
    assert built(env(name="gone")) == [
        (Severity.WARNING, f"Pod `notify` needs ConfigMap `gone`, {needed}")
    ]
    assert built("", "serviceAccountName: gone") == [
        (Severity.WARNING, f"Pod `notify` needs ServiceAccount `gone`, {needed}")
    ]
    assert built(env("secretKeyRef", "gone")) == []


def test_without_anything_from_elsewhere_secrets_are_an_error_too() -> None:
    text = pod(env("secretKeyRef", "gone"))

    assert [severity for severity, _ in told(text, external_references=False)] == [Severity.ERROR]


def mounting(name: str, spec: str = "volumes: [{name: data, emptyDir: {}}]") -> str:
    return pod(f"volumeMounts: [{{name: {name}, mountPath: /data}}]", spec)


def test_a_volume_that_is_mounted_is_one_of_the_pod() -> None:
    assert told(mounting("data")) == []
    assert told(mounting("dta")) == [
        (
            Severity.ERROR,
            "container `notify` mounts the volume `dta`, which Pod `notify` does not have",
        )
    ]
    assert len(told(mounting("data", ""))) == 1
    assert told(mounting("$VOLUME")) == []


def test_a_stateful_set_makes_volumes_of_its_claims() -> None:
    claims = "volumeClaimTemplates: [{metadata: {name: data}}]"
    mount = "volumeMounts: [{name: data, mountPath: /data}]"

    assert told(deployment(mount, spec=claims, kind="StatefulSet")) == []
    assert len(told(deployment(mount, kind="StatefulSet"))) == 1


COMPOSE = """\
services:
  notify: {image: "notifyctl:0.1.0"}
  proxy: {image: "IMAGE", volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf"]}
"""
PASSES = "proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"


def advice(directives: str, image: str = "nginx:1.27") -> list[str]:
    text = f"location /ws {{ proxy_pass http://notify:8001; {directives} }}"
    files = {"compose.yaml": COMPOSE.replace("IMAGE", image), "nginx.conf": text}
    return [each.problem.help for each in findings(files, select=("XF410",))]


@pytest.mark.parametrize(
    ("directives", "missing"),
    [
        (PASSES + " proxy_http_version 1.1;", []),
        (PASSES, ["add `proxy_http_version 1.1`"]),
        (
            "proxy_http_version 1.1;",
            ["add `proxy_set_header Upgrade`, `proxy_set_header Connection`"],
        ),
        (
            PASSES.replace("upgrade;", "close;", 2) + " proxy_http_version 1.1;",
            ["add `proxy_set_header Connection`"],
        ),
        ("include proxy_params;", []),
        ("include proxy_params; proxy_http_version 1.0;", ["add `proxy_http_version 1.1`"]),
    ],
)
def test_nginx_passes_an_upgrade_on_only_if_it_is_told_to(
    directives: str, missing: list[str]
) -> None:
    assert advice(directives) == missing


@pytest.mark.parametrize(
    ("image", "is_old"),
    [
        ("nginx:1.27-alpine", True),
        ("nginx:1.29.6", True),
        ("nginx:1.29.7", False),
        ("nginx:1.29", False),
        ("nginx:1.30.1-alpine", False),
        ("nginx:alpine", False),
        ("nginx", False),
        ("example/edge:1.2.3", False),
    ],
)
def test_only_an_nginx_known_to_be_old_needs_the_version(image: str, is_old: bool) -> None:
    assert advice(PASSES, image) == ["add `proxy_http_version 1.1`"] * is_old
