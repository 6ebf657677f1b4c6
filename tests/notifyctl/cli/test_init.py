"""The command line as a whole: its help, and how every error ends."""

import pytest

from notifyctl.cli import app, status, without_debug
from notifyctl.errors import Forbidden
from tests.support.command_line import Notifyctl

COMMANDS = [
    *("serve", "send", "tail", "inbox", "validate", "init", "status"),
    *("token", "token issue", "token keygen", "token inspect"),
    *("load", "load delivery", "load reconnect", "load offline", "load fanout", "load worker"),
    "load crash",
]
NOWHERE = "http://127.0.0.1:9"


def failing(error: BaseException) -> object:
    """A function that fails."""

    def fail(*_arguments: object, **_options: object) -> None:
        raise error

    return fail


# Help


@pytest.mark.parametrize("asked", [("--help",), ("-h",)])
def test_help_shows_three_examples_then_the_groups_then_the_options(
    notifyctl: Notifyctl, asked: tuple[str, ...]
) -> None:
    outcome = notifyctl(*asked)

    order = [
        outcome.out.index(text)
        for text in (
            "notifyctl serve",
            "notifyctl tail",
            "notifyctl send",
            "Try:",
            "Check:",
            "Operate:",
        )
    ]
    assert outcome.status == 0
    assert [*order, outcome.out.index("Options:")] == sorted(
        [*order, outcome.out.index("Options:")]
    )


def test_help_names_every_command_once_and_only_those_that_exist(notifyctl: Notifyctl) -> None:
    out = notifyctl("--help").out
    groups = out[out.index("Try:") : out.index("Options:")]
    named = [line.split()[0] for line in groups.splitlines() if line.startswith("  ")]

    assert sorted(named) == sorted({command.split()[0] for command in COMMANDS})


def test_without_a_command_there_is_the_help(notifyctl: Notifyctl) -> None:
    outcome = notifyctl()

    assert outcome.status == 2
    assert "Try:" in outcome.out + outcome.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_page_that_opens_with_a_sentence(
    notifyctl: Notifyctl, command: str
) -> None:
    outcome = notifyctl(*command.split(), "--help")
    paragraph = outcome.out.split("\n\n")[1]

    assert outcome.status == 0
    assert paragraph.strip().endswith(".")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_explained(notifyctl: Notifyctl, command: str) -> None:
    out = notifyctl(*command.split(), "--help").out
    options = out.partition("Options:\n")[2].partition("\n\n")[0]
    entries = options.replace("\n        ", " ").splitlines()

    for entry in entries:
        assert len(entry.split("  ", maxsplit=2)) == 3, entry
        assert entry.split("  ")[-1].strip()


def test_the_version_is_told(notifyctl: Notifyctl) -> None:
    from importlib.metadata import version

    assert notifyctl("--version").out == f"notifyctl {version('notifyctl')}\n"


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("sned",), "Did you mean 'send'?"),
        (("send", "a", "b", "--bdy", "x"), "--body"),
        (("send", "a", "b", "--count", "many"), "--count"),
        (("tail", "--count", "0"), "--count"),
        (("token", "issue"), "USER"),
        (("token",), "issue"),
    ],
)
def test_wrong_use_is_status_2_with_a_hint(
    notifyctl: Notifyctl, arguments: tuple[str, ...], hint: str
) -> None:
    outcome = notifyctl(*arguments)

    assert outcome.status == 2
    assert hint in outcome.err + outcome.out


# Errors


def test_an_error_is_one_sentence_on_stderr(notifyctl: Notifyctl) -> None:
    outcome = notifyctl("status", "--url", NOWHERE)

    assert outcome.out == ""
    assert outcome.err == (
        f"notifyctl: Nothing answers at {NOWHERE} (connection refused); "
        "run `notifyctl serve` or check the URL.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status_"),
    [
        (("status", "--url", NOWHERE), 3),
        (("send", "a", "b", "--url", NOWHERE), 3),
        (("inbox", "a", "--url", NOWHERE, "--token", "x"), 3),
        (("tail", "a", "--url", NOWHERE, "--token", "x"), 3),
        (("send", "a", "b", "--url", "http://notify.example"), 4),
        (("token", "issue", "a"), 4),
        (("send", "a", "b", "--url", "ftp://x"), 2),
        (("status", "--context", "prod"), 2),
        (("token", "issue", "me"), 2),
        (("serve", "--host", "0.0.0.0"), 2),
        (("serve", "--config", "missing.toml"), 2),
    ],
)
def test_the_status_says_what_kind_of_error_it_was(
    notifyctl: Notifyctl, arguments: tuple[str, ...], status_: int
) -> None:
    outcome = notifyctl(*arguments)

    assert outcome.status == status_
    assert outcome.err.startswith("notifyctl: ")
    assert outcome.err.count("\n") == 1


def test_an_error_without_a_sentence_of_its_own_names_debug(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "find_target", failing(ZeroDivisionError("division by zero")))

    outcome = notifyctl("status")

    assert outcome.status == 1
    assert outcome.err == (
        "notifyctl: Something unexpected happened (ZeroDivisionError: division by zero); "
        "run it again with --debug and report it.\n"
    )


@pytest.mark.parametrize(
    "arguments", [("--debug", "status"), ("status", "--debug"), ("status", "--json", "--debug")]
)
def test_debug_shows_the_traceback_wherever_it_stands(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(status, "find_target", failing(Forbidden(reason="it is closed")))

    outcome = notifyctl(*arguments)

    assert outcome.status == 4
    assert "Traceback" in outcome.err
    assert outcome.err.endswith("notifyctl: The token does not allow this: it is closed.\n")


def test_debug_may_be_a_variable(notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFYCTL_DEBUG", "1")

    assert "Traceback" in notifyctl("status", "--url", NOWHERE).err


def test_debug_after_two_dashes_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFYCTL_DEBUG", raising=False)

    assert without_debug(["send", "a", "--", "--debug"]) == (["send", "a", "--", "--debug"], False)
    assert without_debug(["send", "--debug", "a", "--", "b"]) == (["send", "a", "--", "b"], True)


def test_an_interrupt_is_status_130_without_a_word(
    notifyctl: Notifyctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "find_target", failing(KeyboardInterrupt()))

    outcome = notifyctl("status")

    assert (outcome.status, outcome.out, outcome.err) == (130, "", "")


def test_every_command_belongs_to_a_group() -> None:
    panels = [command.rich_help_panel for command in app.registered_commands]

    assert set(panels) == {"Try", "Check", "Operate"}
