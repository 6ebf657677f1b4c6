import pytest
from hypothesis import given

from notifyctl.validate.compose import Service
from notifyctl.validate.settings import Settings
from tests.support.compose import project, projects, service, wild_projects

DEFAULTS = Settings()


def test_a_build_starts_from_the_folder_of_the_project_it_was_written_for() -> None:
    files = {
        "a/compose.yaml": "include: [../b/compose.yaml]\nservices: {app: {build: x}}",
        "b/compose.yaml": "services: {other: {build: x}}",
    }
    (found,) = projects(files)

    contexts = [each.build.context for each in found.services.values() if each.build]
    assert contexts == ["b/x", "a/x"]


@pytest.mark.parametrize(
    ("text", "name", "tag"),
    [
        ("redis:7", "redis", "7"),
        ("ghcr.io/a/app", "app", ""),
        ("'ghcr.io/a/app:${TAG}'", "app", ""),
        ("localhost:5000/app:1", "app", "1"),
        ("'${REGISTRY:-quay.io}/app:1'", "app", "1"),
    ],
)
def test_an_image_is_known_as_far_as_the_files_say_it(text: str, name: str, tag: str) -> None:
    image = service(f"image: {text}").image_parts

    assert image
    assert (image.name, image.tag) == (name, tag)


@pytest.mark.parametrize("text", ["'${IMAGE}'", "'${REGISTRY}/app:1'", "'app@${DIGEST}'", "''"])
def test_an_image_of_which_only_the_environment_knows_is_unknown(text: str) -> None:
    assert service(f"image: {text}").image_parts is None


def test_an_unknown_tag_leaves_the_image_as_a_whole_unknown() -> None:
    assert service("image: 'app:${TAG}'").image is None


def test_ports_of_all_syntaxes_are_listed() -> None:
    found = service("ports: ['80:8000', {target: 8001}, '9000-9001:9000-9001']")

    assert [port.container for port in found.ports] == [8000, 8001, 9000, 9001]
    assert not found.has_unknown_ports


@pytest.mark.parametrize("port", ["'${PORTS}'", "'8000:${PORT}'", "nonsense", "'1-65000:1-65000'"])
def test_a_port_that_cannot_be_known_is_told_of(port: str) -> None:
    assert service(f"ports: ['80:80', {port}]").has_unknown_ports


def test_an_exposed_port_is_declared_as_a_published_one_is() -> None:
    found = service("{expose: ['8000'], ports: ['80:8001']}")

    assert sorted(found.launch.ports) == [8000, 8001]


def test_the_environment_is_that_of_its_files_and_then_its_own() -> None:
    found = project(
        "services: {app: {image: x, env_file: [a.env, {path: b.env}], environment: {B: 2, D: }}}",
        a_env="A=1\nB=1\nC=1",
        b_env="C=$D",
        _env="D=4",
    ).services["app"]

    assert {name: value.text for name, value in found.environment.items()} == {
        "A": "1",
        "B": "2",
        "C": "4",
        "D": "4",
    }
    assert found.environment["A"].span.source.name == "a.env"
    assert not found.has_unknown_environment


def test_what_only_the_host_knows_of_the_environment_is_unknown() -> None:
    found = service("{environment: ['A', 'B=${B}'], env_file: gone.env}")

    assert [value.text for value in found.environment.values()] == [None, None]
    assert found.has_unknown_environment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("command: serve --host 0.0.0.0", ["serve", "--host", "0.0.0.0"]),
        ("command: [serve, --host, 0.0.0.0]", ["serve", "--host", "0.0.0.0"]),
        ("""command: sh -c "exec serve" """, ["sh", "-c", "exec serve"]),
        ("image: x", []),
    ],
)
def test_a_command_has_its_words_in_both_syntaxes(text: str, expected: list[str]) -> None:
    assert service(text).command == expected


def test_what_a_service_waits_for_is_known_in_both_syntaxes() -> None:
    assert service("depends_on: [db]").depends_on == {"db": "service_started"}
    assert service("depends_on: {db: {condition: service_healthy}}").depends_on == {
        "db": "service_healthy"
    }


def test_a_project_knows_who_is_waited_for() -> None:
    found = project(
        "services: {a: {depends_on: [c]}, b: {depends_on: {c: {condition: x}}}, c: {image: c}}"
    )

    assert found.waited_for == {"c": {"service_started", "x"}}


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("", "", True),
        ("", "[a]", True),
        ("[a]", "[a, b]", True),
        ("[a]", "[b]", False),
    ],
)
def test_services_run_together_if_one_profile_starts_both(
    first: str, second: str, together: bool
) -> None:
    found = project(f"services: {{a: {{profiles: {first}}}, b: {{profiles: {second}}}}}")

    assert found.services["a"].runs_with(found.services["b"]) is together


@pytest.mark.parametrize(
    ("text", "networks"),
    [
        ("image: x", {"default"}),
        ("networks: [a, b]", {"a", "b"}),
        ("networks: {a: {aliases: [x]}}", {"a"}),
        ("network_mode: host", set()),
    ],
)
def test_a_service_is_in_its_networks_or_in_the_default_one(text: str, networks: set[str]) -> None:
    assert service(text).networks == networks


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("image: x", 10),
        ("stop_grace_period: 1m", 60),
        ("stop_grace_period: ${GRACE}", None),
        ("stop_grace_period: ${GRACE:-45s}", 45),
        ("stop_grace_period: soon", None),
    ],
)
def test_docker_waits_ten_seconds_if_nothing_else_is_said(text: str, seconds: float | None) -> None:
    assert service(text).stop_grace_seconds == seconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("image: x", 20),
        ("environment: {NOTIFYD_DRAIN_SECONDS: 30}", 30),
        ("environment: {NOTIFYD_DRAIN_SECONDS: '${DRAIN}'}", None),
        ("command: notifyctl serve --drain-seconds 40", 40),
        ("command: [notifyctl, serve, --drain-seconds=40]", 40),
        ("command: notifyctl serve --drain-seconds", None),
    ],
)
def test_a_setting_comes_from_an_option_a_variable_or_the_default(
    text: str, expected: int | None
) -> None:
    assert service(text).launch.drain_seconds(DEFAULTS) == expected


def test_the_ports_that_it_listens_on_can_be_set() -> None:
    found = service("environment: [NOTIFYD_WS_PORT=9001]\ncommand: serve --http-port 9000")

    assert found.launch.listening_ports(DEFAULTS) == (9000, 9001)


@pytest.mark.parametrize(
    "text",
    [
        "image: ghcr.io/example/notifyd:1",
        "image: notifyctl",
        "command: notifyctl serve",
        "entrypoint: [/usr/local/bin/notifyd]",
        "environment: {NOTIFYD_DATA_DIR: /data}",
        "labels: {notifyctl.dev/service: true}",
        "labels: ['notifyctl.dev/service=true']",
        "ports: ['80:8000', '81:8001']",
        "{ports: ['8000'], expose: [8001]}",
        "ports: [{target: 8001, name: ws}]",
    ],
)
def test_the_notification_service_shows_itself(text: str) -> None:
    assert service(text).holds_sockets(DEFAULTS)


@pytest.mark.parametrize(
    "text",
    [
        "image: app",
        "ports: ['8000:8000']",
        "ports: ['8001:8001']",
        "ports: ['8000:80', '8001:81']",
        "image: 'notifyctl:1'\ncommand: notifyctl send alice hello",
        "command: notifyctl load delivery",
        "labels: {notifyctl.dev/service: false}",
        "environment: {NOTIFYCTL_URL: x}",
        "ports: [{target: 8001, name: https}]",
        "ports: ['8000:8000', {target: 8001, name: grpc}]",
        "image: 'nvcr.io/nvidia/tritonserver:24.11-py3'\nports: ['8000:8000', '8001:8001']",
        "image: 'kong:3.8'\nports: ['8000-8001:8000-8001']",
        "command: /opt/tritonserver\nports: ['8000:8000', '8001:8001']",
        "ports: ['8000:8000', '8001:8001', '8002:8002']",
    ],
)
def test_other_services_are_not_taken_for_it(text: str) -> None:
    assert not service(text).holds_sockets(DEFAULTS)


@pytest.mark.parametrize("name", ["app", "example/app"])
def test_a_setting_names_the_notification_service(name: str) -> None:
    assert service("image: ghcr.io/example/app:1").holds_sockets(Settings(service=(name,)))
    assert not service("image: x", "other").holds_sockets(Settings(service=(name,)))


def test_a_service_that_extends_what_is_not_there_is_incomplete() -> None:
    assert not service("extends: {file: gone.yaml, service: x}").is_complete
    assert service("image: x").is_complete


def test_a_finding_about_a_service_names_it() -> None:
    found = project("name: shop\nservices: {app: {image: x}}")

    assert (found.about.kind, found.about.name) == ("project", "shop")
    about = found.services["app"].about
    assert (about.kind, about.name, about.path) == ("service", "app", "services.app")


def test_an_attribute_may_come_from_a_file_that_may_lie_beneath() -> None:
    whole = "services: {app: {image: app, ports: ['80:80'], restart: always}}"
    variant = "services: {app: {image: app, ports: ['443:443']}}"
    over, _ = projects({"compose.yaml": whole, "compose.prod.yaml": variant})
    app = over.services["app"]

    assert (app.says("restart"), app.says("ports"), app.says("command")) == (True, True, False)
    assert not app.node["restart"].exists


def test_deep_trees_are_read() -> None:
    deep = "{a: " * 150 + "$X" + "}" * 150

    assert project(f"services: {{app: {{image: x, x-deep: {deep}}}}}", _env="X=1").services["app"]


@given(wild_projects())
def test_whatever_a_file_holds_every_question_has_an_answer(text: str) -> None:
    questions = [name for name, kind in vars(Service).items() if not callable(kind)]
    for each in projects({"compose.yaml": text}):
        assert each.name
        for found in each.services.values():
            for question in questions:
                if not question.startswith("_"):
                    getattr(found, question)
            found.holds_sockets(DEFAULTS)
            found.launch.drain_seconds(DEFAULTS)
            found.launch.listening_ports(DEFAULTS)
