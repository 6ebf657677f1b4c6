"""Files that cannot be read, and exceptions that are not in order."""

import pytest

from tests.support.validating import findings

DOCKERFILE = "FROM python\nUSER 10001\n"


def messages(rule: str, text: str, name: str = "Dockerfile") -> list[str]:
    return [
        each.problem.message
        for each in findings({name: text}, select=(rule, "DF108"))
        if each.rule == rule
    ]


def test_a_key_that_is_there_twice_shows_the_first_one_too() -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {}\nmetadata: {}\n"
    (finding,) = findings({"a.yaml": text}, select=("NV001",))

    assert finding.span.begin.line == 4
    assert [each.span.begin.line for each in finding.problem.related] == [3]


def test_an_exception_needs_a_rule_and_a_reason() -> None:
    assert messages("NV005", "# notifyctl: ignore[DF108]\n" + DOCKERFILE) == [
        "the exception gives no reason, so it does not count"
    ]
    assert messages("NV005", '# notifyctl: ignore reason="x"\n' + DOCKERFILE) == [
        "the exception names no rule"
    ]


@pytest.mark.parametrize(
    ("name", "advice"),
    [("DF1O8", "did you mean DF108?"), ("ABC", "see `notifyctl validate --list-rules`")],
)
def test_an_exception_for_an_unknown_rule_is_told_what_was_meant(name: str, advice: str) -> None:
    text = f'# notifyctl: ignore[{name}] reason="x"\n{DOCKERFILE}'
    (finding,) = findings({"Dockerfile": text}, select=("NV006",))

    assert finding.problem.message == f"there is no rule {name}"
    assert finding.problem.help == advice


@pytest.mark.parametrize(
    ("until", "message"),
    [
        ("2026-05-31", "the exception ended with 2026-05-31"),
        ("soon", "`soon` is no date, so the exception does not count"),
    ],
)
def test_an_exception_counts_until_its_last_day(until: str, message: str) -> None:
    text = f'# notifyctl: ignore[DF108] reason="x" until={until}\n{DOCKERFILE}'

    assert messages("NV007", text) == [message]
    assert messages("NV007", text.replace(until, "2026-06-01")) == []


def test_an_exception_that_is_needed_no_more_is_told() -> None:
    text = '# notifyctl: ignore[DF108] reason="x"\n' + DOCKERFILE

    assert messages("NV008", text) == []
    assert messages("NV008", text.replace("python", "python:3.13-slim")) == [
        "nothing here goes against DF108"
    ]
