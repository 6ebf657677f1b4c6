import pytest

from notifyctl.validate.compose.groups import Group, groups_of
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml

WHOLE = """
services: {app: {image: app, ports: ['80:80'], volumes: ['a:/a'], restart: always}}
volumes: {a: }
"""
PART = "services: {app: {restart: always}}"
BASE = "compose.yaml"


def groups(**texts: str) -> list[Group]:
    """The groups of the files `compose.KEY.yaml`; `base` is `compose.yaml`."""
    named = {BASE if key == "base" else f"compose.{key}.yaml": text for key, text in texts.items()}
    sources = {name: Source(name, text) for name, text in named.items()}
    documents = {name: (source, read_yaml(source)) for name, source in sources.items()}
    return list(groups_of(list(named), documents))


def test_a_base_is_a_project() -> None:
    assert groups(base=WHOLE) == [Group((BASE,))]


def test_an_override_is_always_laid_over_the_base() -> None:
    assert groups(base=WHOLE, override=WHOLE) == [Group((BASE, "compose.override.yaml"))]


@pytest.mark.parametrize("variant", ["dev", "prod", "gpu"])
def test_a_variant_that_is_not_whole_is_laid_over_the_base(variant: str) -> None:
    assert Group((BASE, f"compose.{variant}.yaml")) in groups(base=WHOLE, **{variant: PART})


def test_what_only_production_adds_to_runs_by_itself_elsewhere() -> None:
    assert groups(base=WHOLE, prod=PART) == [Group((BASE,)), Group((BASE, "compose.prod.yaml"))]


def test_a_base_that_is_not_whole_never_runs_by_itself() -> None:
    assert groups(base=PART, prod=WHOLE) == [Group((BASE, "compose.prod.yaml"))]
    assert groups(base=PART, prod=PART) == [Group((BASE, "compose.prod.yaml"))]
    assert groups(base=PART) == [Group((BASE,))]


def test_a_base_that_others_add_to_is_looked_at_with_them() -> None:
    assert groups(base=WHOLE, dev=PART) == [Group((BASE, "compose.dev.yaml"))]


def test_a_whole_variant_of_other_services_has_nothing_to_do_with_the_base() -> None:
    assert groups(base=WHOLE, test="services: {test: {build: .}}") == [
        Group(("compose.test.yaml",)),
        Group((BASE,)),
    ]


def test_of_a_whole_variant_of_the_same_services_nobody_knows_what_lies_beneath() -> None:
    assert groups(base=WHOLE, prod=WHOLE.replace("80:80", "443:443")) == [
        Group(("compose.prod.yaml",), BASE),
        Group((BASE,)),
    ]


def test_a_variant_that_says_little_and_repeats_nothing_is_laid_over_the_base() -> None:
    assert Group((BASE, "compose.prod.yaml")) in groups(
        base=WHOLE, prod="services: {app: {build: {target: production}}}"
    )


def test_a_variant_that_says_nothing_of_the_ports_is_laid_over_the_base() -> None:
    text = "services: {app: {image: other, restart: always, user: a, command: b, init: true}}"

    assert Group((BASE, "compose.prod.yaml")) in groups(base=WHOLE, prod=text)
    assert Group(("compose.prod.yaml",), BASE) in groups(
        base=WHOLE, prod=text.replace("init: true", "ports: ['81:80']")
    )


@pytest.mark.parametrize("tag", ["!reset", "!override"])
def test_whoever_takes_something_of_the_base_away_is_laid_over_it(tag: str) -> None:
    text = f"services: {{app: {{build: ., ports: ['81:80'], volumes: {tag} [], user: a, init: b}}}}"

    assert Group((BASE, "compose.prod.yaml")) in groups(base=WHOLE, prod=text)
    assert Group(("compose.prod.yaml",), BASE) in groups(base=WHOLE, prod=text.replace(tag, ""))


def test_whoever_repeats_what_the_base_says_is_not_laid_over_it() -> None:
    assert Group(("compose.prod.yaml",), BASE) in groups(
        base=WHOLE, prod="services: {app: {build: ., ports: ['80:80']}}"
    )


@pytest.mark.parametrize(
    "needs",
    [
        "depends_on: [db]",
        "depends_on: {db: {condition: service_started}}",
        "networks: [front]",
        "secrets: [key]",
        "configs: [{source: settings}]",
        "volumes: ['data:/data']",
        "extends: db",
    ],
)
def test_a_variant_that_needs_what_another_file_defines_is_laid_over_the_base(needs: str) -> None:
    text = f"services: {{other: {{image: x, {needs}}}}}"

    assert Group((BASE, "compose.more.yaml")) in groups(base=WHOLE, more=text)


def test_a_variant_that_resets_is_laid_over_the_base() -> None:
    text = "services: {other: {build: !reset null}}"

    assert Group((BASE, "compose.prod.yaml")) in groups(base=WHOLE, prod=text)


def test_a_variant_that_says_much_may_stand_alone() -> None:
    text = "services: {app: {image: other, ports: ['81:80'], user: a}}"

    assert Group(("compose.prod.yaml",), BASE) in groups(base=WHOLE, prod=text)


def test_a_variant_that_includes_others_stands_alone() -> None:
    assert groups(prod="include: [base.yaml]\nservices: {app: {restart: always}}") == [
        Group(("compose.prod.yaml",))
    ]


def test_a_part_without_a_base_is_no_project() -> None:
    assert groups(prod=PART, dev=PART) == []


def test_of_two_bases_the_second_is_a_project_of_its_own() -> None:
    sources = {name: Source(name, WHOLE) for name in ("docker-compose.yml", BASE)}
    documents = {name: (source, read_yaml(source)) for name, source in sources.items()}

    assert list(groups_of(list(sources), documents)) == [
        Group((BASE,)),
        Group(("docker-compose.yml",)),
    ]
