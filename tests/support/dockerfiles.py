"""Dockerfiles for tests: read from a text, and made up from pieces."""

from typing import Any, Final

from hypothesis import strategies as st

from notifyctl.validate.dockerfile import Dockerfile, DockerfileReading, Instruction
from notifyctl.validate.dockerfile import read_dockerfile as read_source
from notifyctl.validate.finding import Severity
from notifyctl.validate.fixing import fix
from notifyctl.validate.source import Source
from tests.support.validating import findings

NAME: Final = "Dockerfile"

# Pieces that meet in every order: of whole instructions, of half ones, and of what breaks lines.
_KEYWORDS: Final = (
    *("FROM ", "RUN ", "COPY ", "ADD ", "ENV ", "env ", "Label ", "ARG ", "EXPOSE ", "CMD ", "CMD"),
    *("ENTRYPOINT ", "HEALTHCHECK ", "ONBUILD RUN ", "ONBUILD ENV ", "SHELL ", "USER ", "WORKDIR "),
    *("VOLUME ", "STOPSIGNAL ", "MAINTAINER ", "COPY --from=build ", "RUN --mount=type=a,b=c "),
)
_WORDS: Final = (
    *(
        "a",
        "b=c",
        "x y",
        '"q w"',
        "'s t'",
        '"',
        "'",
        "\\",
        "`",
        "=",
        "==",
        "é",
        "$A",
        "${A:-b}",
        "1<<2",
    ),
    *(
        "8000",
        "8000/tcp",
        "NONE",
        "--x ",
        "-- ",
        "--a='b c' ",
        ' ["a", "b"]\n',
        " []\n",
        " ['a']\n",
    ),
    *(' [ "a\\"b" ]\n', "<<EOF", "<<-EOF", "<<'EOF'", "<<A <<B", "#"),
)
_BREAKS: Final = (
    *(
        "\\\n",
        "`\n",
        " \\ \n",
        "\n",
        "\n",
        "\n",
        "\r\n",
        " ",
        "\t",
        "\n# c\n",
        "\\\n# c\n",
        "\\\n\n",
    ),
    *("\nEOF\n", "\n\tEOF\n", "\nA\n", "\nB\n", "# escape=`\n", "# syntax=docker/dockerfile:1\n"),
)
TEXTS: Final = st.lists(st.sampled_from(_KEYWORDS + _WORDS + _BREAKS), max_size=14).map("".join)
WILD_TEXTS: Final = TEXTS | st.text(max_size=60) | TEXTS.map("FROM a\n".__add__)


def read(text: str) -> DockerfileReading:
    """What is read from a text."""
    return read_source(Source(NAME, text))


def dockerfile(text: str) -> Dockerfile:
    """A Dockerfile that has nothing wrong with it."""
    reading = read(text)
    assert reading.flaws == []
    assert reading.dockerfile is not None
    return reading.dockerfile


def instructions(text: str) -> tuple[Instruction, ...]:
    """The instructions below a FROM that goes before the text."""
    return dockerfile(f"FROM base:1\n{text}").instructions[1:]


def instruction(text: str) -> Instruction:
    """The only instruction of a text."""
    (only,) = instructions(text)
    return only


def said(rule: str, text: str, **settings: Any) -> list[tuple[str, Severity]]:
    """What a rule points at in a Dockerfile, and how bad it is."""
    return [
        (finding.span.text, finding.severity)
        for finding in findings({NAME: text}, **settings)
        if finding.rule == rule
    ]


def repaired(rule: str, text: str) -> str:
    """The text when everything that a rule can put right in it is put right."""
    every = [finding for finding in findings({NAME: text}) if finding.rule == rule]
    return fix(every).texts.get(NAME, text)
