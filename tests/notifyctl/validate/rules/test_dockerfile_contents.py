import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifyctl.validate.finding import Severity
from tests.support.dockerfiles import NAME, WILD_TEXTS, said
from tests.support.validating import findings

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CMD = 'CMD ["a"]\n'
# Made up for this test; in two halves, so that no scanner takes it for a real one.
TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3gH6"


@pytest.mark.parametrize(
    "base",
    ["python", "python:latest", "ghcr.io/example/app", "docker.io/library/node", "a/b:latest"],
)
def test_a_base_without_a_version_is_told(base: str) -> None:
    assert said("DF108", f"FROM {base}\n") == [(base, WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        "FROM python:3.13\n",
        "FROM python@sha256:0f0f\n",
        "FROM python:latest@sha256:0f0f\n",
        "FROM scratch\n",
        "FROM python:3.13 AS base\nFROM base\n",
        "FROM myapp-base\n",
        "FROM localhost/myapp\n",
        "FROM localhost:5000/myapp\n",
        "FROM $BASE\n",
        "ARG TAG\nFROM python:$TAG\n",
        "ARG TAG=3.13\nFROM python:$TAG\n",
    ],
)
def test_nothing_is_said_of_bases_that_are_fixed_local_or_unknown(text: str) -> None:
    assert said("DF108", text) == []


def test_every_stage_counts() -> None:
    text = "FROM --platform=linux/amd64 golang AS build\nFROM alpine:latest\n"

    assert [place for place, _ in said("DF108", text)] == ["golang", "alpine:latest"]


def test_a_secret_in_env_or_arg_is_told_at_its_value() -> None:
    assert said("DF109", f"FROM a/b:1\nENV A=1 DB_PASSWORD='hunter12'\n{CMD}") == [
        ("'hunter12'", ERROR)
    ]
    assert said("DF109", f"FROM a/b:1\nARG API_TOKEN=3b1f0a7c9d\n{CMD}") == [("3b1f0a7c9d", ERROR)]


def test_a_placeholder_is_a_warning_in_env_and_nothing_in_arg() -> None:
    assert said("DF109", "FROM a/b:1\nENV DB_PASSWORD=changeme\n") == [("changeme", WARNING)]
    assert said("DF109", "FROM a/b:1\nARG DB_PASSWORD=changeme\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "ENV DB_PASSWORD_FILE=/run/secrets/db",
        "ENV DB_PASSWORD=",
        "ENV DB_PASSWORD=$DB_PASSWORD",
        "ARG NPM_TOKEN",
        "ENV TOKEN_URL=https://example.org/token",
        "ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D",
        "COPY .env.example .env",
        "COPY --from=build /app/.env ./",
        "COPY . .",
    ],
)
def test_what_is_no_secret_is_left_alone(line: str) -> None:
    assert said("DF109", f"FROM a/b:1\n{line}\n") == []


def test_in_other_stages_only_what_is_a_secret_by_its_form_counts() -> None:
    text = "FROM a/b:1 AS build\nENV SECRET_KEY_BASE=0123456789ab\nENV {}\nFROM c/d:1\n"

    assert said("DF109", text.format("A=1")) == []
    assert said("DF109", text.format(f"GITHUB={TOKEN}")) == [(TOKEN, ERROR)]


def test_files_with_secrets_are_told() -> None:
    text = "FROM a/b:1\nCOPY .env package.json ./\nADD keys/id_rsa /root/.ssh/\n"

    assert said("DF109", text) == [(".env", WARNING), ("keys/id_rsa", ERROR)]
    assert said("DF109", text, profile="production")[0] == (".env", ERROR)
    served = text + 'CMD ["notifyctl", "serve"]\n'
    assert said("DF109", served)[0] == (".env", ERROR)


@settings(max_examples=150, deadline=None)
@given(text=WILD_TEXTS, profile=st.sampled_from(["dev", "production"]))
def test_every_text_can_be_judged(text: str, profile: str) -> None:
    for finding in findings({NAME: text}, profile=profile):
        assert 0 <= finding.span.start <= finding.span.end <= len(finding.span.source.text)
