import pytest

from notifyctl.validate.compose.canonical import canonical_service, canonical_services, part
from notifyctl.validate.tree import Mapping, Scalar
from tests.support.compose import tree


def canonical(text: str) -> Mapping:
    return canonical_service(tree(text))


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("environment: [A=1, B=x=y, C=, D]", "environment: {A: '1', B: x=y, C: '', D: null}"),
        ("labels: [a.b=c]", "labels: {a.b: c}"),
        ("sysctls: [net.core.somaxconn=1024]", "sysctls: {net.core.somaxconn: '1024'}"),
        ("build: ./app", "build: {context: ./app}"),
        ("build: {args: [A=1]}", "build: {args: {A: '1'}}"),
        ("deploy: {labels: [a=b]}", "deploy: {labels: {a: b}}"),
        ("depends_on: [db, cache]", "depends_on: {db: {}, cache: {}}"),
        ("networks: [front]", "networks: {front: {}}"),
        ("dns: 1.1.1.1", "dns: [1.1.1.1]"),
        ("env_file: .env", "env_file: [.env]"),
        ("tmpfs: /run", "tmpfs: [/run]"),
    ],
)
def test_short_and_long_syntax_are_one(short: str, long: str) -> None:
    assert canonical(short).plain() == tree(long).plain()


@pytest.mark.parametrize(
    "text",
    [
        "environment: {A: 1}",
        "build: {context: .}",
        "depends_on: {db: {condition: service_healthy}}",
        "ports: ['80:80']",
        "command: run",
        "environment: wrong",
        "depends_on: 3",
        "build:",
        "dns:",
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert canonical(text).plain() == tree(text).plain()


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_the_parts_of_a_variable_stand_where_they_are_written(quote: str) -> None:
    entry = canonical(f"environment:\n  - {quote}NAME=some value{quote}")["environment"].entries

    assert entry["NAME"].key.span.text == "NAME"
    assert entry["NAME"].value.span.text == "some value"


def test_a_variable_from_the_host_stands_at_its_name() -> None:
    entry = canonical("environment: [NAME]")["environment"].entries["NAME"]

    assert (entry.value.exists, entry.value.span.text) == (False, "NAME")


def test_a_part_of_a_text_with_escapes_stands_where_the_whole_stands() -> None:
    item = tree(r'["A=\x41"]').items[0]
    assert isinstance(item, Scalar)

    assert part(item, 2, 3).span.text == r'"A=\x41"'


def test_a_variable_whose_name_is_a_variable_is_left_out() -> None:
    assert canonical("environment: ['${NAME}=1', B=2]")["environment"].plain() == {"B": "2"}


def test_a_name_in_a_list_points_at_itself() -> None:
    entry = canonical("depends_on: [db]")["depends_on"].entries["db"]

    assert (entry.key.span.text, entry.value["condition"].head.text) == ("db", "db")


def test_a_tag_stays() -> None:
    service = canonical("environment: !override [A=1]\ndns: !override 1.1.1.1")

    assert (service["environment"].tag, service["dns"].tag) == ("!override", "!override")


def test_what_is_no_mapping_is_no_service() -> None:
    services = canonical_services(tree("app: {image: x}\nwrong: 3\nempty:\nlist: []"))

    assert list(services) == ["app"]
