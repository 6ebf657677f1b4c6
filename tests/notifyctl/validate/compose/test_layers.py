import pytest

from notifyctl.validate.compose.layers import Layered, layered, variables_of
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml

BASE = """
services:
  base: {image: base, ports: ["80:80"], environment: [A=1]}
"""


def read(files: dict[str, str], *names: str) -> Layered:
    sources = {name: Source(name, text) for name, text in files.items()}
    documents = {
        name: (source, read_yaml(source))
        for name, source in sources.items()
        if name.endswith(".yaml")
    }
    whole = layered(names or ["compose.yaml"], documents, sources, variables_of("", sources))
    assert whole is not None
    return whole


def test_a_service_extends_another_one_of_its_file() -> None:
    whole = read(
        {"compose.yaml": BASE + "  app: {extends: base, ports: ['81:80'], environment: {B: 2}}"}
    )

    assert whole.root["services"]["app"].plain() == {
        "image": "base",
        "ports": ["80:80", "81:80"],
        "environment": {"A": "1", "B": 2},
    }


def test_a_service_extends_one_of_another_file_and_that_one_another() -> None:
    whole = read(
        {
            "compose.yaml": "services: {app: {image: app, extends: {file: a/x.yaml, service: x}}}",
            "a/x.yaml": "services: {x: {extends: {file: ../b.yaml, service: y}, command: run}}",
            "b.yaml": "services: {y: {restart: always, image: y}}",
        }
    )

    assert whole.root["services"].plain() == {
        "app": {"restart": "always", "image": "app", "command": "run"}
    }
    assert whole.is_complete


def test_what_a_service_has_from_another_file_stands_there() -> None:
    whole = read(
        {
            "compose.yaml": "services: {app: {extends: {file: b.yaml, service: y}}}",
            "b.yaml": "services: {y: {image: y}}",
        }
    )
    service = whole.root["services"]["app"]

    assert service["image"].source.name == "b.yaml"
    assert service["restart"].head.source.name == "compose.yaml"


@pytest.mark.parametrize(
    "extends",
    ["{file: gone.yaml, service: x}", "gone", "app", "{file: '${WHERE}', service: x}", "{}"],
)
def test_what_extends_something_that_is_not_there_stays_incomplete(extends: str) -> None:
    whole = read({"compose.yaml": f"services: {{app: {{extends: {extends}, image: a}}}}"})

    assert whole.root["services"]["app"]["extends"].exists
    assert not whole.is_complete


def test_services_that_extend_each_other_come_to_an_end() -> None:
    whole = read({"compose.yaml": "services: {a: {extends: b}, b: {extends: a}}"})

    assert not whole.is_complete


def test_what_an_included_project_has_is_there_where_nothing_else_has_its_name() -> None:
    whole = read(
        {
            "compose.yaml": "include: [db/compose.yaml]\nservices: {app: {image: app}}",
            "db/compose.yaml": "services: {db: {image: db}, app: {image: other}}\nvolumes: {v: {}}",
        }
    )

    assert whole.root["services"].plain() == {"db": {"image": "db"}, "app": {"image": "app"}}
    assert whole.root["volumes"].plain() == {"v": {}}


def test_an_included_project_has_its_own_variables_under_those_of_the_whole() -> None:
    whole = read(
        {
            "compose.yaml": "include: [{path: [db/compose.yaml, db/more.yaml]}]\nservices: {}",
            "db/compose.yaml": "services: {db: {image: 'db:${TAG}', user: '${USER_ID}'}}",
            "db/more.yaml": "services: {db: {restart: always}}",
            "db/.env": "TAG=1\nUSER_ID=7",
            ".env": "TAG=2",
        }
    )

    assert whole.root["services"].plain() == {
        "db": {"image": "db:2", "user": "7", "restart": "always"}
    }


def test_a_project_directory_says_where_the_variables_of_an_included_one_are() -> None:
    whole = read(
        {
            "compose.yaml": "include: [{path: a/x.yaml, project_directory: b}]",
            "a/x.yaml": "services: {x: {image: '${NAME}'}}",
            "b/.env": "NAME=from-b",
        }
    )

    assert whole.root["services"].plain() == {"x": {"image": "from-b"}}


@pytest.mark.parametrize(
    "include", ["gone.yaml", "https://example.org/x.git", "'${WHERE}'", "compose.yaml", "[]"]
)
def test_a_project_that_cannot_be_included_leaves_the_whole_incomplete(include: str) -> None:
    whole = read({"compose.yaml": f"include: [{include}]\nservices: {{app: {{image: a}}}}"})

    assert not whole.is_complete
    assert whole.root["services"]["app"].exists


def test_the_documents_of_one_file_are_laid_one_over_the_other() -> None:
    whole = read(
        {"compose.yaml": "services: {a: {image: x}}\n---\nservices: {a: {image: y}}\n---\n3\n"}
    )

    assert whole.root["services"].plain() == {"a": {"image": "y"}}


def test_each_file_is_filled_in_before_it_is_merged() -> None:
    whole = read(
        {
            "compose.yaml": "services: {a: {ports: ['8000:80']}}",
            "more.yaml": "services: {a: {ports: ['${PORT:-8000}:80']}}",
        },
        "compose.yaml",
        "more.yaml",
    )

    assert whole.root["services"]["a"]["ports"].plain() == ["8000:80"]


def test_files_without_anything_are_no_project() -> None:
    source = Source("compose.yaml", "# nothing yet")

    assert layered(["compose.yaml"], {"compose.yaml": (source, read_yaml(source))}, {}, {}) is None


def test_a_folder_without_a_file_of_variables_has_none() -> None:
    assert variables_of("a", {".env": Source(".env", "A=1")}) == {}
    assert variables_of("", {".env": Source(".env", "A=1\nB=2\nC")}, {"B": "3"}) == {
        "A": "1",
        "B": "3",
    }
