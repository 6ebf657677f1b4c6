import re

import pytest
from hypothesis import given, settings

from notifyctl.validate.dockerfile import Instruction, read_dockerfile
from notifyctl.validate.source import Source, Span
from tests.support.dockerfiles import TEXTS, WILD_TEXTS, dockerfile, instruction, instructions, read


def flaws(text: str) -> list[tuple[int, str, str]]:
    return [(flaw.span.begin.line, flaw.span.text, flaw.message) for flaw in read(text).flaws]


def test_an_instruction_knows_its_keyword_its_arguments_and_their_places() -> None:
    expose = instruction("  expose 8000  8001/udp  ")

    assert expose.keyword == "EXPOSE"
    assert (expose.head.text, expose.head.begin) == ("expose", (2, 3))
    assert [word.text for word in expose.arguments] == ["8000", "8001/udp"]
    assert expose.arguments[1].span.begin == (2, 16)
    assert expose.span.text == "expose 8000  8001/udp"


def test_a_line_goes_on_behind_comments_and_blank_lines() -> None:
    run, user = instructions("RUN a \\\n# why\n\n   b \\\n\tc\nUSER 1\n")

    assert run.command.text == "a    b \tc"
    assert run.span.finish == (6, 3)
    assert user.head.begin == (7, 1)


def test_a_word_may_go_over_two_lines() -> None:
    word = instruction("EXPOSE 80\\\n00\n").arguments[0]

    assert word.text == "8000"
    assert word.span.text == "80\\\n00"


def test_an_escaped_backslash_does_not_continue_the_line() -> None:
    assert len(instructions("RUN a \\\\\nUSER 1\n")) == 2


def test_the_escape_directive_changes_what_continues_a_line() -> None:
    run = dockerfile("# escape=`\nFROM a:1\nRUN dir c:\\ `\n /s\n").instructions[1]

    assert run.command.text == "dir c:\\  /s"


def test_json_is_the_exec_form_and_anything_else_a_text_for_a_shell() -> None:
    listed = instruction('CMD [ "a b", "c\\"d" ]')
    assert (listed.is_json, [word.text for word in listed.arguments]) == (True, ["a b", 'c"d'])
    assert listed.arguments[1].span.text == '"c\\"d"'

    for text in ("['a']", '["a",]', '["a"] # b', "a b"):
        shell = instruction(f"CMD {text}")
        assert (shell.is_json, shell.command.text) == (False, text)


def test_the_healthcheck_has_options_and_a_command() -> None:
    check = instruction("HEALTHCHECK --interval=3s --retries=2 CMD curl  localhost\n")

    assert [(flag.name, flag.value) for flag in check.flags] == [
        ("interval", "3s"),
        ("retries", "2"),
    ]
    assert check.command.text == "curl  localhost"
    assert instruction('HEALTHCHECK CMD ["a", "b"]').command.is_exec
    assert instruction("HEALTHCHECK NONE").arguments[0].text == "NONE"


def test_flags_stand_before_the_arguments() -> None:
    copy = instruction('COPY --from=build --chown="1:1" a b\n')

    assert [(flag.name, flag.value) for flag in copy.flags] == [("from", "build"), ("chown", "1:1")]
    assert copy.flags[1].span.text == '--chown="1:1"'
    assert [word.text for word in copy.arguments] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("ENV a=b c='d e'", [("a", "b"), ("c", "'d e'")]),
        ("ENV a b  c ", [("a", "b  c")]),
        ("LABEL x.y=z", [("x.y", "z")]),
        ("ENV a=", [("a", "")]),
        ("ENV a=b\\ c d=e", [("a", "b\\ c"), ("d", "e")]),
        ("ARG a=b c", [("a", "b"), ("c", None)]),
        ("ENV a=b \\\n    c=d", [("a", "b"), ("c", "d")]),
    ],
)
def test_names_have_values(text: str, pairs: list[tuple[str, str | None]]) -> None:
    found = instruction(text).pairs

    assert [(pair.name.text, pair.value and pair.value.text) for pair in found] == pairs
    assert [pair.name.span.text for pair in found] == [name for name, _ in pairs]
    assert [pair.value and pair.value.span.text for pair in found] == [value for _, value in pairs]


def test_onbuild_holds_another_instruction() -> None:
    trigger = instruction("ONBUILD EXPOSE 8000").trigger

    assert trigger is not None
    assert (trigger.keyword, trigger.arguments[0].span.text) == ("EXPOSE", "8000")


@pytest.mark.parametrize("text", ["", "\n", "# only\n# comments\n", " \t\n"])
def test_an_empty_file_has_no_instructions(text: str) -> None:
    assert read(text).dockerfile is None
    assert flaws(text)[0][2] == "there are no instructions in this file"


def test_a_file_without_a_stage_is_none() -> None:
    assert read("RUN a\nUSER 1\n").dockerfile is None
    assert flaws("RUN a\nUSER 1\n") == [(1, "RUN", "there is no `FROM` in this file")]


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("USER 1\nFROM a", (1, "USER", "`USER` stands before the first `FROM`")),
        ("FROM a b", (1, "a b", "`FROM` takes an image, and a name behind `AS`")),
        ("FROM a\nEXPOSE", (2, "EXPOSE", "`EXPOSE` has nothing behind it")),
        ("FROM a\nENV b", (2, "b", "`b` has no value")),
        ("FROM a\nENV b=1 c", (2, "c", "`c` has no value")),
        ("FROM a\nCMD [1]", (2, "[1]", "the list of `CMD` holds something else than strings")),
        ("FROM a\nEXPOZE 1", (2, "EXPOZE", "there is no instruction `EXPOZE`")),
        ("FROM a\nONBUILD FROM b", (2, "FROM", "`FROM` cannot stand behind `ONBUILD`")),
        ("# escape=x\nFROM a", (1, "x", "the escape character can only be ` or \\")),
        ("a\x00b", (1, "\x00", "this is not a text file")),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, flaw: tuple[int, str, str]) -> None:
    assert flaws(text) == [flaw]


def test_a_heredoc_without_an_end_is_a_mistake_of_its_instruction() -> None:
    assert flaws("FROM a\nRUN <<EOF\nUSER 1\n") == [
        (2, "RUN", "there is no line with only `EOF`, where the heredoc would end")
    ]


def test_one_escape_directive_is_enough() -> None:
    (flaw,) = read("# escape=`\n# escape=`\nFROM a\n").flaws

    assert flaw.span.begin.line == 2
    assert flaw.first is not None
    assert flaw.first.begin.line == 1


def test_an_instruction_that_there_is_not_is_likely_another_one() -> None:
    assert read("FROM a\nEXPOES 1\n").flaws[0].help == "did you mean `EXPOSE`?"
    assert "goes on" in read("FROM a\nRUN a &&\n  b\n").flaws[0].help


def test_lines_that_lost_their_instruction_are_one_mistake() -> None:
    text = "FROM a\nRUN a &&\n  b &&\n  c\nUSER 1\nd\n"

    assert [line for line, _, _ in flaws(text)] == [3, 6]
    reading = read(text)
    assert reading.dockerfile is not None
    assert [each.keyword for each in reading.dockerfile.instructions] == ["FROM", "RUN", "USER"]


def test_another_frontend_may_have_instructions_of_its_own() -> None:
    assert read("# syntax=example.org/frontend:1\nFROM a\nINCLUDE b\n").flaws == []
    assert read("# syntax=docker/dockerfile:1.7\nFROM a\nINCLUDE b\n").flaws


@pytest.mark.parametrize(
    "text",
    [
        "{% if a %}\nFROM a\n{% endif %}\n",
        "FROM {{ base }}\n",
        "FROM %%BASE%%\nRUN a\n",
        "FROM <image>\n",
    ],
)
def test_a_template_is_no_dockerfile_and_no_mistake(text: str) -> None:
    assert read(text).dockerfile is None
    assert read(text).flaws == []


def test_a_byte_order_mark_and_the_ends_of_windows_lines_are_no_part_of_it() -> None:
    found = dockerfile(
        "\ufeff# escape=`\r\nFROM a:1\r\nRUN b `\r\n  c\r\nEXPOSE 80\r\n"
    ).instructions

    assert [each.keyword for each in found] == ["FROM", "RUN", "EXPOSE"]
    assert found[2].span.text == "EXPOSE 80"


def spans(instruction: Instruction) -> list[tuple[str, Span]]:
    """Every piece of an instruction that is the same text in the file, with its place."""
    words = [] if instruction.is_json else list(instruction.arguments)
    words += [pair.name for pair in instruction.pairs]
    words += [pair.value for pair in instruction.pairs if pair.value]
    inner = spans(instruction.trigger) if instruction.trigger else []
    return [(word.text, word.span) for word in words] + inner


def without_breaks(text: str) -> str:
    """What is left of a text when everything is gone that may stand between two lines."""
    kept = []
    for index, line in enumerate(text.split("\n")):
        if not (index and line.lstrip().startswith("#")):
            kept.append(re.sub(r"[\\`]?[ \t\r]*$", "", line))
    return "".join("".join(kept).split())


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_stands_at_a_place_is_what_is_named(text: str) -> None:
    reading = read("FROM a\n" + text)
    if reading.dockerfile is None:
        return
    for each in reading.dockerfile.instructions:
        assert each.head.text.upper() == each.keyword
        for word, span in spans(each):
            if "\n" not in span.text:
                assert span.text == word
            else:
                assert without_breaks(span.text) == without_breaks(word)


@settings(max_examples=300, deadline=None)
@given(WILD_TEXTS)
def test_every_text_is_read_or_refused_with_a_place(text: str) -> None:
    source = Source("Dockerfile", text)
    reading = read_dockerfile(source)

    for flaw in reading.flaws:
        assert 0 <= flaw.span.start <= flaw.span.end <= len(source.text)
    if reading.dockerfile:
        assert reading.dockerfile.about.kind == "stage"
        ends = [each.span.range for each in reading.dockerfile.instructions]
        assert ends == sorted(ends)
