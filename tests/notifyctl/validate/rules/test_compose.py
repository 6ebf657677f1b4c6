import pytest

from tests.support.validating import found

OURS = "image: 'ghcr.io/example/notifyd:1'"
BOTH = "ports: ['8000:8000', '8001:8001']"
ONE = "ports: ['8000:8000']"


def services(text: str, rest: str = "") -> dict[str, str]:
    return {"compose.yaml": f"services: {{{text}}}\n{rest}"}


def places(rule: str, text: str, rest: str = "", **settings: object) -> list[str]:
    """The texts that a rule points at."""
    return [place for _, _, place in found(services(text, rest), rule, **settings)]


def test_a_missing_port_is_told_at_the_ports_and_two_at_the_service() -> None:
    assert places("CO201", f"app: {{{OURS}, {ONE}}}") == ["ports"]
    assert places("CO201", f"app: {{{OURS}}}") == ["app"]
    assert places("CO201", f"app: {{{OURS}, ports: ['8000:8000', '8001:8001/udp']}}") == ["ports"]


@pytest.mark.parametrize(
    "text",
    [
        f"app: {{{OURS}, {BOTH}}}",
        f"app: {{{OURS}, ports: ['8000-8001:8000-8001']}}",
        f"app: {{{OURS}, ports: ['${{PORTS}}', '80:8000']}}",
        f"app: {{{OURS}, network_mode: host}}",
        f"app: {{{OURS}, {ONE}, labels: ['traefik.enable=true']}}",
        f"app: {{{OURS}, {ONE}, environment: {{VIRTUAL_HOST: example.org}}}}",
        f"app: {{{OURS}}}, proxy: {{image: 'nginx:1.29', ports: ['80:80']}}",
        f"app: {{{OURS}}}, proxy: {{build: ., ports: ['443:8443']}}",
        f"app: {{{OURS}, {ONE}, environment: {{NOTIFYD_WS_PORT: 8000}}}}",
        f"app: {{{OURS}, {ONE}, environment: {{NOTIFYD_WS_PORT: '${{WS}}'}}}}",
        f"app: {{{OURS}, extends: {{file: gone.yaml, service: x}}}}",
        f"app: {{image: other, {ONE}}}",
    ],
)
def test_a_service_that_is_reached_otherwise_or_is_another_needs_no_ports(text: str) -> None:
    assert places("CO201", text) == []


def test_a_proxy_in_another_network_serves_nobody() -> None:
    proxy = "proxy: {image: 'nginx:1.29', ports: ['80:80'], networks: [other]}"

    assert places("CO201", f"app: {{{OURS}}}, {proxy}", "networks: {other: }") == ["app"]


def test_behind_an_external_network_there_may_be_a_proxy() -> None:
    networks = "networks: {front: {external: true}}"

    assert places("CO201", f"app: {{{OURS}, networks: [front]}}", networks) == []


def test_ports_may_come_from_a_variant_or_the_base_below_it() -> None:
    files = {
        **services(f"app: {{{OURS}, {ONE}}}"),
        "compose.override.yaml": "services: {app: {ports: ['8001:8001']}}",
    }

    assert found(files, "CO201") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'80:80'", "'80:81'"),
        ("'80:80'", "'127.0.0.1:80:80'"),
        ("'80-82:80-82'", "'82:8080'"),
        ("'80:80'", "{target: 8080, published: '80'}"),
        ("'80:80'", "'${PORT:-80}:80'"),
        ("'80:80/udp'", "'80:81/udp'"),
    ],
)
def test_a_port_of_the_host_can_be_taken_once(first: str, second: str) -> None:
    places_told = places(
        "CO202", f"a: {{image: a, ports: [{first}]}}, b: {{image: b, ports: [{second}]}}"
    )

    assert places_told == [second]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'80:80'", "'81:80'"),
        ("'80:80/tcp'", "'80:80/udp'"),
        ("'127.0.0.1:80:80'", "'127.0.0.2:80:80'"),
        ("'0.0.0.0:80:80'", "'[::]:80:80'"),
        ("80", "80"),
        ("'0:80'", "'0:80'"),
        ("'${A}:80'", "'${A}:80'"),
        ("'80:80'", "'${IP}:80:80'"),
        ("'80:80'", "'80:80'], profiles: [p"),
        ("'80:80'], scale: [0", "'80-89:80'"),
    ],
)
def test_ports_that_can_be_had_together_are_not_told(first: str, second: str) -> None:
    text = f"a: {{image: a, profiles: [q], ports: [{first}]}}, b: {{image: b, ports: [{second}]}}"

    assert places("CO202", text) == []


def test_one_service_can_want_a_port_twice_too() -> None:
    files = services("a: {image: a, ports: ['80:80', '80:81', '443:443', '80:80']}")

    assert found(files, "CO202") == [("compose.yaml", 1, "'80:81'")]


def test_a_container_in_the_network_of_the_host_or_without_replicas_takes_no_port() -> None:
    taken = "a: {image: a, ports: ['80:80']}"

    assert places("CO202", f"{taken}, b: {{image: b, ports: ['80:80'], network_mode: host}}") == []
    assert places("CO202", f"{taken}, b: {{image: b, ports: ['80:80'], scale: 0}}") == []


@pytest.mark.parametrize(
    ("image", "port"),
    [
        ("redis:8", "6379:6379"),
        ("redis:8", "16379:6379"),
        ("redis:8", "6379"),
        ("docker.io/bitnami/postgresql:17", "0.0.0.0:5432:5432"),
        ("prom/prometheus:v3", "${PORT:-9090}:9090"),
    ],
)
def test_a_store_on_every_address_is_told(image: str, port: str) -> None:
    assert places("CO203", f"db: {{image: '{image}', ports: ['{port}']}}") == [f"'{port}'"]


@pytest.mark.parametrize(
    ("image", "port"),
    [
        ("redis:8", "127.0.0.1:6379:6379"),
        ("redis:8", "[::1]:6379:6379"),
        ("redis:8", "${BIND}:6379"),
        ("redis:8", "8001:8001"),
        ("my-redis-app:1", "6379:6379"),
        ("${REDIS}", "6379:6379"),
        ("app:1", "5432:5432"),
    ],
)
def test_a_port_on_one_address_or_of_something_else_is_not(image: str, port: str) -> None:
    assert places("CO203", f"db: {{image: '{image}', ports: ['{port}']}}") == []


def test_a_grace_that_is_shorter_than_the_drain_is_told() -> None:
    assert places("CO207", f"app: {{{OURS}}}") == ["app"]
    assert places("CO207", f"app: {{{OURS}, stop_grace_period: 5s}}") == ["5s"]
    assert places("CO207", f"app: {{{OURS}, stop_grace_period: 20s}}", drain_seconds=30) == ["20s"]
    assert places("CO207", f"app: {{{OURS}, environment: [NOTIFYD_DRAIN_SECONDS=8]}}") == []
    assert places("CO207", f"app: {{{OURS}, stop_grace_period: 20s}}") == []
    assert places("CO207", f"app: {{{OURS}, stop_grace_period: '${{GRACE}}'}}") == []
    assert places("CO207", "app: {image: other, stop_grace_period: 1s}") == []


@pytest.mark.parametrize("image", ["redis", "redis:latest", "example/app", "ghcr.io/a/b:latest"])
def test_an_image_without_a_version_is_told(image: str) -> None:
    assert places("CO209", f"app: {{image: '{image}'}}") == [f"'{image}'"]


@pytest.mark.parametrize(
    "service",
    [
        "image: 'redis:8'",
        "image: 'redis@sha256:0000000000000000000000000000000000000000000000000000000000000000'",
        "image: 'redis:${TAG}'",
        "image: '${IMAGE}'",
        "image: my-own-app",
        "image: example/app, build: .",
        "image: example/app, pull_policy: never",
    ],
)
def test_an_image_with_a_version_or_built_here_is_not(service: str) -> None:
    assert places("CO209", f"app: {{{service}}}") == []


def test_production_needs_a_version_of_a_local_image_too() -> None:
    files = {"compose.prod.yaml": "services: {app: {image: my-own-app}}"}

    assert found(files, "CO209") == [("compose.prod.yaml", 1, "my-own-app")]


def test_an_image_that_another_service_builds_is_built_here() -> None:
    text = "app: {image: example/app, build: .}, worker: {image: example/app}"

    assert places("CO209", text) == []


def test_what_is_wrong_in_a_base_is_told_once_however_many_variants_there_are() -> None:
    files = {
        **services("app: {image: redis}"),
        "compose.dev.yaml": "services: {app: {user: a}}",
        "compose.prod.yaml": "services: {app: {user: b}}",
    }

    assert found(files, "CO209") == [("compose.yaml", 1, "redis")]
