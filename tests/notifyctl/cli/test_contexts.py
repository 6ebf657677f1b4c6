"""Contexts: the servers that a person has written down."""

from pathlib import Path

import pytest

from notifyctl.cli.contexts import config_path, context_names, read_context
from notifyctl.errors import UsageError

CONFIG = """
[contexts.prod]
url = "https://notify.example"
ws_url = "wss://notify.example/ws"
token_file = "~/prod.token"

[contexts.staging]
url = "https://staging.example"
token = "abc"
"""


def write(text: str) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_text(text)


def refusal(name: str) -> str:
    with pytest.raises(UsageError) as caught:
        read_context(name)
    return str(caught.value)


def test_a_context_is_read_from_the_home_directory(home: Path) -> None:
    write(CONFIG)

    assert config_path() == home / ".config/notifyctl/config.toml"
    assert read_context("staging") == {"url": "https://staging.example", "token": "abc"}


def test_the_configuration_may_be_kept_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "elsewhere"))

    assert config_path() == home / "elsewhere/notifyctl/config.toml"


@pytest.mark.usefixtures("home")
def test_an_unknown_context_comes_with_a_suggestion() -> None:
    assert "add [contexts.prod] with a url to" in refusal("prod")
    write(CONFIG)

    assert refusal("prd") == "There is no context 'prd'; perhaps 'prod' was meant."
    assert refusal("home").endswith("config.toml has prod, staging.")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "text",
    [
        '[contexts.prod]\nurl = "x"\npassword = "y"',
        "[contexts.prod]\nurl = 5",
        'contexts.prod = "https://notify.example"',
    ],
)
def test_a_context_has_nothing_but_texts_with_known_names(text: str) -> None:
    write(text)

    assert refusal("prod").endswith("it has texts called url, ws_url, token, token_file.")


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("text", ["[contexts", "\udcff"])
def test_a_file_that_cannot_be_read_is_named(text: str) -> None:
    config_path().parent.mkdir(parents=True)
    config_path().write_bytes(text.encode("utf-8", "surrogateescape"))

    assert refusal("prod").startswith(f"{config_path()} cannot be read: ")


@pytest.mark.usefixtures("home")
def test_names_are_completed() -> None:
    assert context_names("") == []
    write(CONFIG)

    assert context_names("") == ["prod", "staging"]
    assert context_names("st") == ["staging"]


@pytest.mark.usefixtures("home")
def test_a_broken_file_does_not_disturb_the_shell() -> None:
    write("[contexts")

    assert context_names("p") == []


@pytest.mark.usefixtures("home")
def test_contexts_that_are_no_table_are_none() -> None:
    write("contexts = 5")

    assert context_names("") == []


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a", "[contexts", "\0"])
def test_a_configuration_that_is_no_toml_is_named(home: Path, text: str) -> None:
    write(text)

    assert "config.toml cannot be read" in refusal("prod")
    assert context_names("") == []
