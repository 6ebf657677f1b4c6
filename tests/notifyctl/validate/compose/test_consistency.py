import pytest
from hypothesis import given

from notifyctl.validate.compose.consistency import consistency
from tests.support.compose import projects, wild_projects

TWO = "services: {app: {image: app, depends_on: [db]}, db: {image: db}}"


def told(text: str, **others: str) -> list[tuple[str, str]]:
    """What is told of a `compose.yaml`, and where."""
    files = {f"compose.{name}.yaml": each for name, each in others.items()}
    found = projects({"compose.yaml": text, **files})
    return [(problem.message, problem.span.text) for each in found for problem in consistency(each)]


def app(attributes: str, rest: str = "") -> list[tuple[str, str]]:
    return told(f"services: {{app: {{image: app, {attributes}}}}}\n{rest}")


def test_a_project_in_which_every_name_leads_somewhere_is_consistent() -> None:
    assert told(TWO) == []


@pytest.mark.parametrize(
    ("attributes", "kind", "place"),
    [
        ("depends_on: [gone]", "service", "gone"),
        ("depends_on: {gone: {condition: service_started}}", "service", "gone"),
        ("links: ['gone:db']", "service", "'gone:db'"),
        ("network_mode: 'service:gone'", "service", "'service:gone'"),
        ("pid: 'service:gone'", "service", "'service:gone'"),
        ("networks: [gone]", "network", "gone"),
        ("networks: {gone: {aliases: [a]}}", "network", "gone"),
        ("volumes: ['gone:/data']", "volume", "'gone:/data'"),
        ("volumes: [{type: volume, source: gone, target: /data}]", "volume", "gone"),
        ("secrets: [gone]", "secret", "gone"),
        ("secrets: [{source: gone}]", "secret", "gone"),
        ("configs: [{source: gone, target: /x}]", "config", "gone"),
        ("build: {secrets: [gone]}", "secret", "gone"),
    ],
)
def test_a_name_that_leads_nowhere_is_told(attributes: str, kind: str, place: str) -> None:
    ((message, where),) = app(attributes)

    assert message.startswith(f"`app` names the {kind} `gone`, and there is none")
    assert where == place


@pytest.mark.parametrize(
    "attributes",
    [
        "depends_on: {gone: {required: false}}",
        "networks: [default]",
        "network_mode: host",
        "network_mode: 'container:gone'",
        "volumes: [/data, './x:/x', '~/x:/y', '${VOLUME}:/z', {type: tmpfs, target: /t}]",
        "secrets: ['${SECRET}']",
        "extends: {file: gone.yaml, service: x}, volumes: ['gone:/data'], depends_on: [gone]",
    ],
)
def test_a_name_that_needs_no_definition_or_is_unknown_is_not_told(attributes: str) -> None:
    assert app(attributes) == []


def test_what_another_file_of_the_project_defines_is_there() -> None:
    assert (
        told(
            TWO, prod="services: {app: {restart: always, volumes: ['data:/d']}}\nvolumes: {data: }"
        )
        == []
    )


def test_where_an_included_file_is_not_there_nobody_knows_what_it_defines() -> None:
    text = "include: [gone/compose.yaml]\nservices: {app: {image: a, depends_on: [db]}}"

    assert told(text) == []


def test_a_service_needs_an_image_or_a_build() -> None:
    assert told("services: {app: {restart: always}}") == [
        ("`app` has neither `image` nor `build`", "app")
    ]


@pytest.mark.parametrize(
    "given", ["image: x", "build: .", "extends: {file: x.yaml, service: x}", "provider: {type: x}"]
)
def test_any_way_to_an_image_is_one(given: str) -> None:
    assert told(f"services: {{app: {{{given}}}}}") == []


def test_what_a_variant_gives_an_image_has_one() -> None:
    assert (
        told(
            "services: {app: {restart: always}}",
            prod="services: {app: {image: x}, b: {image: b, depends_on: [app]}}",
        )
        == []
    )


@pytest.mark.parametrize(
    ("attributes", "place"),
    [
        ("ports: ['80000:80']", "'80000:80'"),
        ("ports: [80, {target: 80, published: 65536}]", "{target: 80, published: 65536}"),
    ],
)
def test_a_port_that_is_none_is_told(attributes: str, place: str) -> None:
    ((message, where),) = app(attributes)

    assert message.endswith("and ports end at 65535")
    assert where == place


@pytest.mark.parametrize(
    ("word", "step"),
    [
        ("allways", "did you mean `always`?"),
        ("on-failed", "did you mean `on-failure`?"),
        ("unless_stopped", "did you mean `unless-stopped`?"),
        ("'always:3'", "did you mean `always`?"),
        ("never", "write one of no, always, on-failure, unless-stopped"),
    ],
)
def test_a_word_for_restarts_that_docker_does_not_know_is_told(word: str, step: str) -> None:
    text = f"services: {{app: {{image: app, restart: {word}}}}}"
    (problem,) = [each for one in projects({"compose.yaml": text}) for each in consistency(one)]

    assert (problem.span.text, problem.help) == (word, step)


@pytest.mark.parametrize(
    "word",
    ["no", "'no'", "always", "on-failure", "'on-failure:3'", "unless-stopped", "$RESTART", "", "1"],
)
def test_a_word_for_restarts_that_it_knows_or_the_schema_refuses_is_not(word: str) -> None:
    assert app(f"restart: {word}") == []


def test_a_network_that_is_shared_leaves_no_room_for_others() -> None:
    networks = "networks: {back: }"

    assert app("network_mode: host, networks: [back]", networks) == [
        ("`app` has both `network_mode` and `networks`", "host")
    ]
    assert app("network_mode: host, networks: []", networks) == []
    assert app("network_mode: '${MODE:-}', networks: [back]", networks) == []
    assert app("network_mode: '$MODE', networks: [back]", networks) == []


def test_networks_that_production_replaces_are_gone() -> None:
    base = "services: {app: {image: a, networks: [back]}}\nnetworks: {back: }"
    host = "services: {app: {network_mode: host}}"

    assert [message for message, _ in told(base, prod=host)] == [
        "`app` has both `network_mode` and `networks`"
    ]
    assert told(base, prod=host.replace("host", "host, networks: !reset []")) == []


@pytest.mark.parametrize("kind", ["networks", "volumes", "secrets", "configs"])
def test_what_is_external_has_nothing_but_a_name(kind: str) -> None:
    assert app("user: x", f"{kind}: {{a: {{external: true, name: b, driver: c}}}}") == [
        ("`a` is external, and so it cannot have `driver` here", "driver")
    ]
    assert app("user: x", f"{kind}: {{a: {{external: true, name: b, x-note: c}}}}") == []
    assert app("user: x", f"{kind}: {{a: {{external: false, driver: c}}}}") == []


def test_services_that_wait_for_each_other_are_told_once() -> None:
    found = told(
        "services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [c]}, "
        "c: {image: c, depends_on: {a: {condition: service_healthy}}}}"
    )

    assert len(found) == 1
    assert found[0][0].startswith("services wait for each other: ")
    assert {word.strip("`") for word in found[0][0].split(": ")[1].split(" -> ")} == {"a", "b", "c"}


def test_the_circle_is_told_in_the_order_of_waiting() -> None:
    ((message, where),) = told(
        "services: {a: {image: a, depends_on: [b]}, b: {image: b, depends_on: [c]}, "
        "c: {image: c, depends_on: [b]}}"
    )

    assert message in (
        "services wait for each other: `b` -> `c` -> `b`",
        "services wait for each other: `c` -> `b` -> `c`",
    )
    assert where == message.split("`")[3]


def test_a_service_that_waits_for_itself_never_starts() -> None:
    assert told("services: {a: {image: a, depends_on: [a]}}") == [
        ("services wait for each other: `a` -> `a`", "a")
    ]


def test_services_that_wait_for_the_same_one_are_no_circle() -> None:
    assert (
        told(
            "services: {a: {image: a, depends_on: [b, c]}, b: {image: b, depends_on: [c]}, "
            "c: {image: c}}"
        )
        == []
    )


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (
            "container_name: x",
            "container_name: x",
            ["`b` and `a` both have the container name `x`"],
        ),
        ("container_name: x", "container_name: y", []),
        ("container_name: '${N}'", "container_name: '${N}'", []),
        ("container_name: x, profiles: [p]", "container_name: x, profiles: [q]", []),
    ],
)
def test_two_containers_cannot_have_one_name(first: str, second: str, expected: list[str]) -> None:
    found = told(f"services: {{a: {{image: a, {first}}}, b: {{image: b, {second}}}}}")

    assert [message for message, _ in found] == expected


@pytest.mark.parametrize("value", ["echo $(date)", "price $5", "${A/b/c}", "${A", "$2y$10$x"])
def test_a_dollar_that_compose_cannot_read_is_told(value: str) -> None:
    ((message, where),) = app(f"command: '{value}'")

    assert message == "compose cannot read this as a variable"
    assert where.startswith("$")


@pytest.mark.parametrize("value", ["echo $$(date)", "$A", "${A:-$B}", "$$2y$$10", "a${B?}c"])
def test_a_dollar_that_it_can_read_is_not(value: str) -> None:
    assert app(f"command: '{value}'") == []
    assert app("user: x", f"x-note: '{value}'") == []


@given(wild_projects())
def test_whatever_a_file_holds_it_is_looked_at(text: str) -> None:
    told(text)
