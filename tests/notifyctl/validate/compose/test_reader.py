import pytest

from tests.support.compose import projects

APP = "services: {app: {image: app}}"
PART = "services: {app: {restart: always}}"


def test_every_folder_has_its_projects() -> None:
    found = projects({"compose.yaml": APP, "a/compose.yml": APP, "a/docker-compose.test.yml": APP})

    assert [project.files for project in found] == [
        ("a/docker-compose.test.yml",),
        ("a/compose.yml",),
        ("compose.yaml",),
    ]


def test_a_project_is_called_as_it_says_or_as_its_folder() -> None:
    named, placed, nameless = projects(
        {"a/compose.yaml": f"name: x\n{APP}", "b/c/compose.yaml": APP, "compose.yaml": APP}
    )

    assert (named.name, placed.name, nameless.name) == ("x", "c", "compose")


def test_files_that_others_extend_or_include_are_no_projects_of_their_own() -> None:
    found = projects(
        {
            "compose.yaml": "include: [compose.db.yaml]\n"
            "services: {app: {extends: {file: compose.common.yaml, service: base}}}",
            "compose.db.yaml": "services: {db: {image: db}}",
            "compose.common.yaml": "services: {base: {image: base}}",
        }
    )

    assert [project.files for project in found] == [("compose.yaml",)]
    assert list(found[0].services) == ["db", "app"]
    assert found[0].is_complete


def test_a_setting_says_which_files_belong_together() -> None:
    (found,) = projects(
        {"compose.yaml": APP, "deploy/extra.yaml": PART},
        compose_files=(("compose.yaml", "deploy/extra.yaml"),),
    )

    assert found.files == ("compose.yaml", "deploy/extra.yaml")
    assert found.services["app"].node.plain() == {"image": "app", "restart": "always"}


def test_a_file_of_another_name_without_services_is_no_project() -> None:
    for text in ("", "[]", "services:", "services: []", "web: {image: x}", "text"):
        assert projects({"compose.extra.yaml": text}) == [], text


def test_a_file_that_compose_looks_for_is_a_project_also_without_services() -> None:
    # `web:` at the top is the first format, which compose does not read any more.
    (found,) = projects({"docker-compose.yml": "web:\n  image: x\n"})

    assert found.services == {}
    assert projects({"docker-compose.yml": "# nothing yet"}) == []


def test_a_project_is_for_production_if_one_of_its_files_is() -> None:
    base, whole = projects({"compose.yaml": APP, "compose.production.yaml": PART})

    assert (base.is_production, whole.is_production) == (False, True)


@pytest.mark.parametrize(
    ("names", "weights"),
    [
        (["compose.yaml"], [None]),
        (["a/compose.yaml", "a/compose.override.yaml"], ["warning"]),
        (["compose.yaml", "compose.prod.yaml"], ["warning", "error"]),
        (["compose.yaml", "compose.dev.yaml"], ["warning"]),
        (["tests/compose.yaml"], ["warning"]),
        (["production/compose.yaml"], ["error"]),
    ],
)
def test_what_a_fault_weighs_is_told_by_the_names_of_the_files(
    names: list[str], weights: list[str | None]
) -> None:
    files = {name: APP if name.endswith("/compose.yaml") else PART for name in names}
    found = projects({**files, names[0]: APP})

    assert [project.weight for project in found] == weights


def test_a_variant_that_may_lie_over_the_base_knows_it() -> None:
    whole = "services: {app: {image: app, ports: ['80:80']}}"
    variant, base = projects({"compose.yaml": whole, "compose.prod.yaml": whole})

    assert variant.beneath is not None
    assert variant.beneath["services"].plain() == {"app": {"image": "app", "ports": ["80:80"]}}
    assert base.beneath is None


def test_the_variables_of_the_folder_are_filled_in_and_its_examples_are_known_by_name() -> None:
    (found,) = projects(
        {
            "a/compose.yaml": "services: {app: {image: 'app:${TAG}'}}",
            "a/.env": "TAG=1",
            "a/.env.example": "SECRET=",
            ".env.example": "ROOT=",
            "b/.env.example": "OTHER=",
        }
    )

    assert found.services["app"].image == "app:1"
    assert found.documented == {"TAG", "SECRET", "ROOT"}
