import pytest

from notifyctl.validate.compose.names import (
    is_base,
    is_development,
    is_override,
    is_production,
    is_remote,
    preference,
    resolve,
)


@pytest.mark.parametrize("name", ["compose.yaml", "a/docker-compose.yml", "a/b/compose.yml"])
def test_a_base_has_the_name_that_compose_looks_for(name: str) -> None:
    assert is_base(name)
    assert not is_override(name)


@pytest.mark.parametrize("name", ["compose.override.yaml", "a/docker-compose.override.yml"])
def test_an_override_is_laid_over_the_base_by_its_name(name: str) -> None:
    assert is_override(name)
    assert not is_base(name)


@pytest.mark.parametrize("name", ["compose.prod.yaml", "docker-compose.override.dev.yml", "x.yml"])
def test_any_other_file_is_a_variant(name: str) -> None:
    assert not is_base(name)
    assert not is_override(name)


@pytest.mark.parametrize(
    "name",
    [
        "compose.prod.yaml",
        "compose.production.yaml",
        "docker-compose-prod.yml",
        "prod.compose.yml",
        "deploy/production/compose.yaml",
        "prod/compose.yaml",
        "docker-compose.PROD.yml",
    ],
)
def test_a_file_is_for_production_by_its_name_or_its_folder(name: str) -> None:
    assert is_production(name)


@pytest.mark.parametrize(
    "name",
    [
        "compose.yaml",
        "compose.product.yaml",
        "compose.reproduce.yaml",
        "compose.non-prod.yaml",
        "compose.pre-prod.yaml",
        "producer/compose.yaml",
        "my-prod-tools/compose.yaml",
    ],
)
def test_other_words_are_not_production(name: str) -> None:
    assert not is_production(name)


@pytest.mark.parametrize(
    "name",
    ["compose.dev.yaml", "docker-compose.test.yml", "tests/compose.yaml", "local/x.yml"],
)
def test_a_file_is_for_development_by_its_name_or_its_folder(name: str) -> None:
    assert is_development(name)


@pytest.mark.parametrize("name", ["compose.yaml", "compose.devices.yaml", "latest/compose.yaml"])
def test_other_words_are_not_development(name: str) -> None:
    assert not is_development(name)


def test_of_several_bases_the_first_is_the_one_that_compose_takes() -> None:
    names = ["docker-compose.yaml", "docker-compose.yml", "compose.yml", "compose.yaml"]

    assert sorted(names, key=preference) == names[::-1]


@pytest.mark.parametrize(
    ("folder", "path", "expected"),
    [
        ("", ".", "."),
        ("a/b", "../x.yml", "a/x.yml"),
        ("a", "./x.yml", "a/x.yml"),
        ("", "a//b/", "a/b"),
        ("a", "../../x", "../x"),
    ],
)
def test_a_path_starts_from_its_folder(folder: str, path: str, expected: str) -> None:
    assert resolve(folder, path) == expected


@pytest.mark.parametrize("path", ["https://example.org/x.git", "git@example.org:x", "oci://x/y"])
def test_an_address_is_not_a_path(path: str) -> None:
    assert is_remote(path)
    assert not is_remote("./x")
