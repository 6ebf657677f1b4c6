"""The examples of the specification's page on merging, and what holds for every pair of files."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.compose.canonical import canonical_services
from notifyctl.validate.compose.merge import merge, merge_services, settle
from notifyctl.validate.tree import Entry, Mapping, Scalar, mapping_at
from tests.support.compose import tree

WORDS = st.sampled_from(["a", "b", "c", "d"])
NUMBERS = st.integers(8000, 8004).map(str)
PORTS = st.builds("{}:{}".format, NUMBERS, NUMBERS)
VOLUMES = st.builds("{}:/{}".format, WORDS, WORDS)
VARIABLES = st.dictionaries(WORDS, WORDS) | st.lists(st.builds("{}={}".format, WORDS, WORDS))
SERVICES = st.fixed_dictionaries(
    {},
    optional={
        "image": WORDS,
        "command": st.lists(WORDS),
        "environment": VARIABLES,
        "labels": VARIABLES,
        "ports": st.lists(PORTS),
        "volumes": st.lists(VOLUMES),
        "secrets": st.lists(WORDS | st.fixed_dictionaries({"source": WORDS, "target": WORDS})),
        "build": WORDS | st.fixed_dictionaries({"context": WORDS, "args": VARIABLES}),
        "healthcheck": st.fixed_dictionaries({"test": st.lists(WORDS), "interval": WORDS}),
        "cap_add": st.lists(WORDS),
    },
)
FILES = st.fixed_dictionaries(
    {"services": st.dictionaries(WORDS, SERVICES, max_size=3)},
    optional={"x-note": WORDS, "volumes": st.dictionaries(WORDS, st.just({}))},
)


def layer(text: str, name: str = "compose.yaml") -> Mapping:
    root = tree(text, name)
    services = mapping_at(root["services"], canonical_services(root["services"]))
    key = root.entries["services"].key
    return mapping_at(root, {**root.entries, "services": Entry(key, services)})


def written(plain: Any, name: str = "compose.yaml") -> Mapping:
    return layer(json.dumps(plain), name)


def merged(*texts: str) -> Mapping:
    whole = layer(texts[0])
    for number, text in enumerate(texts[1:]):
        whole = merge(whole, layer(text, f"{number}.yaml"))
    settled = settle(whole)
    assert isinstance(settled, Mapping)
    return settled


def app(*attributes: str) -> Any:
    """What an attribute of one service comes to, written in several files."""
    whole = merged(*(f"services:\n  app:\n    {text}\n" for text in attributes))
    return whole["services"]["app"].plain()


def test_mappings_are_merged_and_single_values_replaced() -> None:
    assert merged(
        "services: {foo: {key1: value1, key2: value2}}",
        "services: {foo: {key2: VALUE, key3: value3}}",
    ).plain() == {"services": {"foo": {"key1": "value1", "key2": "VALUE", "key3": "value3"}}}


def test_sequences_are_appended() -> None:
    assert app("security_opt: [a]", "security_opt: [b]") == {"security_opt": ["a", "b"]}


@pytest.mark.parametrize("key", ["command", "entrypoint"])
def test_commands_replace_each_other(key: str) -> None:
    assert app(f"{key}: [echo, foo]", f"{key}: [echo, bar]") == {key: ["echo", "bar"]}
    assert app(f"{key}: [echo, foo]", f"{key}: echo bar") == {key: "echo bar"}


def test_the_test_of_a_healthcheck_replaces_and_its_times_are_merged() -> None:
    assert app(
        "healthcheck: {test: [CMD, a], interval: 5s}", "healthcheck: {test: [CMD, b], retries: 2}"
    ) == {"healthcheck": {"test": ["CMD", "b"], "interval": "5s", "retries": 2}}


@pytest.mark.parametrize(
    ("key", "base", "override", "expected"),
    [
        ("volumes", ["foo:/work"], ["bar:/work"], ["bar:/work"]),
        (
            "volumes",
            ["foo:/work", "a:/a"],
            [{"type": "bind", "source": ".", "target": "/work"}],
            [{"type": "bind", "source": ".", "target": "/work"}, "a:/a"],
        ),
        ("ports", ["80:80"], ["80:80"], ["80:80"]),
        ("ports", ["80:80"], ["80:80/udp"], ["80:80", "80:80/udp"]),
        ("ports", ["80:80"], ["127.0.0.1:80:80"], ["80:80", "127.0.0.1:80:80"]),
        ("ports", ["8080:80"], ["8443:443"], ["8080:80", "8443:443"]),
        (
            "ports",
            ["0.0.0.0:80:80"],
            [{"target": 80, "published": "80"}],
            [{"target": 80, "published": "80"}],
        ),
        ("secrets", ["key"], [{"source": "key", "mode": 256}], None),
        ("secrets", ["a"], [{"source": "b", "target": "/run/secrets/a"}], None),
        ("configs", ["a"], [{"source": "b", "target": "/a"}], None),
        ("configs", ["a"], ["b"], ["a", "b"]),
        ("devices", ["/dev/a:/dev/x"], ["/dev/b:/dev/x"], ["/dev/b:/dev/x"]),
        ("expose", ["80"], ["80", "81"], ["80", "81"]),
        ("dns", "1.1.1.1", ["8.8.8.8", "1.1.1.1"], ["1.1.1.1", "8.8.8.8"]),
        ("env_file", ".env", [{"path": ".env", "required": False}], None),
        ("profiles", ["a"], ["a", "b"], ["a", "b"]),
    ],
)
def test_of_unique_things_the_later_takes_the_place_of_the_earlier(
    key: str, base: Any, override: Any, expected: Any
) -> None:
    whole = merge(
        written({"services": {"app": {key: base}}}), written({"services": {"app": {key: override}}})
    )

    assert settle(whole)["services"]["app"].plain() == {key: expected or override}


def test_short_and_long_syntax_are_merged_as_one() -> None:
    assert app("environment: [A=1, B=2]", "environment: {B: 3, C: }") == {
        "environment": {"A": "1", "B": 3, "C": None}
    }
    assert app("build: ./a", "build: {target: x}") == {"build": {"context": "./a", "target": "x"}}
    assert app("depends_on: [a]", "depends_on: {b: {condition: service_healthy}}") == {
        "depends_on": {"a": {}, "b": {"condition": "service_healthy"}}
    }


def test_networks_and_their_aliases_are_merged() -> None:
    assert app("networks: {n: {aliases: [a, b]}}", "networks: {n: {aliases: [b, c]}, m: }") == {
        "networks": {"n": {"aliases": ["a", "b", "c"]}, "m": None}
    }


def test_options_of_another_log_driver_are_not_mixed() -> None:
    assert app("logging: {driver: a, options: {x: 1}}", "logging: {driver: b}") == {
        "logging": {"driver": "b"}
    }
    assert app("logging: {driver: a, options: {x: 1}}", "logging: {options: {y: 2}}") == {
        "logging": {"driver": "a", "options": {"x": 1, "y": 2}}
    }


def test_extensions_replace_each_other() -> None:
    assert merged("x-a: {b: 1}\nservices: {}", "x-a: {c: 2}\nservices: {}")["x-a"].plain() == {
        "c": 2
    }


def test_nothing_instead_of_a_list_leaves_the_list() -> None:
    assert app("networks: [n]\n    ports: ['80:80']", "networks:\n    ports:") == {
        "networks": {"n": {}},
        "ports": ["80:80"],
    }


def test_reset_removes_what_was_said_before() -> None:
    assert app(
        "ports: ['8080:80']\n    environment: {FOO: BAR, A: 1}\n    image: x",
        "ports: !reset []\n    environment: {FOO: !reset null}",
    ) == {"environment": {"A": 1}, "image": "x"}


def test_what_was_reset_can_be_set_again() -> None:
    assert app("ports: ['1:1']", "ports: !reset []", "ports: ['2:2']") == {"ports": ["2:2"]}


def test_override_replaces_instead_of_merging() -> None:
    assert app("ports: ['8080:80']", "ports: !override ['8443:443']") == {"ports": ["8443:443"]}
    assert app("environment: [A=1]", "environment: !override {B: 2}") == {"environment": {"B": 2}}


def test_a_service_laid_over_what_it_extends_merges_by_the_same_rules() -> None:
    base, own = (
        layer("services: {a: {command: [x], dns: 1.1.1.1}}")["services"]["a"],
        tree("{command: [y], dns: [1.1.1.1]}"),
    )
    assert isinstance(base, Mapping)
    assert isinstance(own, Mapping)

    assert merge_services(base, own).plain() == {"command": ["y"], "dns": ["1.1.1.1"]}


def test_values_stay_where_they_are_written() -> None:
    whole = merged(
        "services: {app: {image: a, ports: ['1:1']}}", "services: {app: {image: b, ports: ['2:2']}}"
    )
    service = whole["services"]["app"]

    assert (service["image"].source.name, service["image"].span.text) == ("0.yaml", "b")
    assert [item.source.name for item in service["ports"].items] == ["compose.yaml", "0.yaml"]
    assert (service["restart"].head.source.name, service["restart"].head.text) == (
        "compose.yaml",
        "app",
    )


@given(FILES)
def test_a_file_laid_over_itself_is_itself(plain: Any) -> None:
    file = written(plain)

    assert settle(merge(file, file)).plain() == settle(file).plain()


@given(FILES, FILES, FILES)
def test_it_does_not_matter_which_of_three_files_are_merged_first(a: Any, b: Any, c: Any) -> None:
    first, second, third = written(a), written(b), written(c)

    left = settle(merge(merge(first, second), third))
    right = settle(merge(first, merge(second, third)))

    assert left.plain() == right.plain()


@given(FILES, FILES)
def test_what_the_later_file_says_once_is_what_counts(base: Any, override: Any) -> None:
    whole = settle(merge(written(base), written(override))).plain()

    for name, service in override["services"].items():
        for key in ("image", "command"):
            if key in service:
                assert whole["services"][name][key] == service[key]


@given(FILES, FILES)
def test_nothing_of_the_earlier_file_is_lost_but_what_is_replaced(base: Any, override: Any) -> None:
    whole = settle(merge(written(base), written(override))).plain()

    assert set(whole["services"]) == set(base["services"]) | set(override["services"])
    for name, service in base["services"].items():
        assert service.keys() <= whole["services"][name].keys()


@given(FILES, FILES)
def test_every_value_stands_where_its_text_is(base: Any, override: Any) -> None:
    whole = settle(merge(written(base, "a.yaml"), written(override, "b.yaml")))

    for node in whole.walk():
        if isinstance(node, Scalar):
            assert node.span.text.strip("'\"") == node.raw


@given(SERVICES)
def test_every_name_of_a_variable_stands_where_it_is_written(plain: Any) -> None:
    service = written({"services": {"app": plain}})["services"]["app"]

    for kind in ("environment", "labels"):
        for name, entry in service[kind].entries.items():
            assert entry.key.span.text.strip('"') == name


@pytest.mark.parametrize(
    ("base", "override"),
    [
        ("ports: 3", "ports: ['1:1']"),
        ("environment: [A=1]", "environment: no"),
        ("ports: {}", "ports: []"),
    ],
)
def test_of_two_kinds_of_value_the_later_counts(base: str, override: str) -> None:
    assert app(base, override) == app(override)
