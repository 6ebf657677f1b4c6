import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.finding import Edit, Finding, Fix, Ignored
from notifyctl.validate.fixing import diff, edit_text, fix
from notifyctl.validate.source import Source
from tests.support.findings import TEXTS, at, finding, spans

DOCKERFILE = Source("Dockerfile", "FROM python:3.13-slim\nEXPOSE 8000\nCMD notifyctl serve\n")
END = at(DOCKERFILE, "8000").end
ADD_PORT = Edit(DOCKERFILE.span(END, END), " 8001")
EXEC_FORM = Edit(at(DOCKERFILE, "notifyctl serve"), '["notifyctl", "serve"]')


def fixable(*edits: Edit) -> Finding:
    """A finding that these edits put right."""
    return finding(edits[0].span, fix=Fix("put it right", edits))


@st.composite
def wild_fixes(draw: st.DrawFn) -> tuple[Source, list[Finding]]:
    """A text, and fixes for it that may be at odds with each other."""
    source = Source("Dockerfile", draw(TEXTS))
    edits = st.builds(Edit, spans(source), st.text("ab\n", max_size=3))
    return source, [
        fixable(*draw(st.lists(edits, min_size=1, max_size=3)))
        for _ in range(draw(st.integers(0, 4)))
    ]


def test_fixes_change_what_they_name_and_nothing_else() -> None:
    fixed = fix([fixable(ADD_PORT), fixable(EXEC_FORM)])

    assert fixed.texts == {
        "Dockerfile": ('FROM python:3.13-slim\nEXPOSE 8000 8001\nCMD ["notifyctl", "serve"]\n')
    }
    assert len(fixed.applied) == 2
    assert fixed.waiting == []


def test_the_same_edit_is_made_once() -> None:
    fixed = fix([fixable(ADD_PORT), fixable(ADD_PORT)])

    assert fixed.texts["Dockerfile"].count("8001") == 1
    assert len(fixed.applied) == 2


@pytest.mark.parametrize(
    "other",
    [
        Edit(at(DOCKERFILE, "EXPOSE 8000\n"), ""),
        Edit(DOCKERFILE.span(END, END), "/tcp"),
        Edit(DOCKERFILE.span(END, END + 1), "\n\n"),
    ],
    ids=["around", "an insertion at the same place", "from the same place on"],
)
def test_of_two_fixes_at_odds_the_second_one_waits(other: Edit) -> None:
    first, second = fixable(ADD_PORT), fixable(EXEC_FORM, other)

    fixed = fix([first, second])

    assert fixed.applied == [first]
    assert fixed.waiting == [second]
    # A fix is made whole or not at all.
    assert "CMD notifyctl serve" in fixed.texts["Dockerfile"]


def test_nothing_is_changed_within_what_another_fix_takes_away() -> None:
    gone = fixable(Edit(at(DOCKERFILE, "EXPOSE 8000\n"), ""))

    fixed = fix([gone, fixable(ADD_PORT)])

    assert fixed.applied == [gone]
    assert "EXPOSE" not in fixed.texts["Dockerfile"]


def test_a_fix_at_odds_with_itself_is_not_applied() -> None:
    torn = fixable(ADD_PORT, Edit(ADD_PORT.span, " 9001"))

    assert fix([torn]).waiting == [torn]


def test_fixes_may_touch_each_other() -> None:
    port = Edit(at(DOCKERFILE, "8000"), "8000/tcp")

    assert "EXPOSE 8000/tcp 8001\n" in fix([fixable(port), fixable(ADD_PORT)]).texts["Dockerfile"]


def test_a_fix_may_reach_into_several_files() -> None:
    compose = Source("compose.yaml", "services: {}\n")
    both = fixable(ADD_PORT, Edit(compose.span(0, 8), "x-services"))

    assert sorted(fix([both]).texts) == ["Dockerfile", "compose.yaml"]


def test_what_is_ignored_or_cannot_be_fixed_stays() -> None:
    wanted = fixable(ADD_PORT)
    ignored = Finding("DF101", wanted.severity, wanted.problem, None, Ignored("one port only"))

    fixed = fix([ignored, finding(EXEC_FORM.span)])

    assert (fixed.texts, fixed.applied, fixed.waiting) == ({}, [], [])


def test_a_fix_that_changes_nothing_changes_no_file() -> None:
    assert fix([fixable(Edit(at(DOCKERFILE, "8000"), "8000"))]).texts == {}


def test_a_place_beyond_the_text_is_not_touched() -> None:
    beyond = fixable(Edit(DOCKERFILE.span(5, 1000), ""))

    assert fix([beyond]).waiting == [beyond]


def test_new_lines_end_as_the_others_of_the_file() -> None:
    source = Source("Dockerfile", "FROM python\r\nUSER root\r\n")

    assert edit_text(source, [Edit(at(source, "root"), "app\nEXPOSE 8000")]) == (
        "FROM python\r\nUSER app\r\nEXPOSE 8000\r\n"
    )


@given(wild=wild_fixes())
def test_all_characters_that_no_edit_names_stay(wild: tuple[Source, list[Finding]]) -> None:
    source, findings = wild
    fixed = fix(findings)
    edits = {edit for each in fixed.applied if each.problem.fix for edit in each.problem.fix.edits}
    named = {index for edit in edits for index in range(*edit.span.range)}
    kept = [letter for index, letter in enumerate(source.text) if index not in named]

    blank = [Edit(edit.span, "") for edit in edits]

    assert edit_text(source, blank) == "".join(kept)
    text = fixed.texts.get("Dockerfile", source.text)
    line_ends = "\r\n" if source.text[: source.text.find("\n")].endswith("\r") else "\n"
    added = sum(len(edit.text.replace("\n", line_ends)) for edit in edits)
    assert len(text) == len(kept) + added


@given(wild=wild_fixes())
def test_every_fix_is_applied_or_waits(wild: tuple[Source, list[Finding]]) -> None:
    _, findings = wild
    fixed = fix(findings)

    assert sorted(map(id, [*fixed.applied, *fixed.waiting])) == sorted(map(id, findings))


@given(wild=wild_fixes())
def test_what_was_applied_can_be_applied_again_to_the_same_text(
    wild: tuple[Source, list[Finding]],
) -> None:
    _, findings = wild
    once = fix(findings)
    again = fix(once.applied)

    assert again.texts == once.texts
    assert again.waiting == []


def test_a_diff_says_what_changes() -> None:
    after = fix([fixable(ADD_PORT)]).texts["Dockerfile"]

    assert diff(DOCKERFILE.text, after, "Dockerfile") == (
        "--- a/Dockerfile\n"
        "+++ b/Dockerfile\n"
        "@@ -1,3 +1,3 @@\n"
        " FROM python:3.13-slim\n"
        "-EXPOSE 8000\n"
        "+EXPOSE 8000 8001\n"
        " CMD notifyctl serve\n"
    )
    assert diff(after, after, "Dockerfile") == ""


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\n", "a\nc\n"),
        ("a\nb", "a\nb\n"),
        ("a\nb\n", "a\nb"),
        ("a\r\nb\x0cc\u2028d\r\n", "a\r\nb\x0cc\u2028e\r\n"),
    ],
    ids=ascii,
)
def test_a_diff_is_a_patch(before: str, after: str, tmp_path: Path) -> None:
    file = tmp_path / "Dockerfile"
    file.write_bytes(before.encode())

    subprocess.run(
        ["git", "apply", "-"],
        input=diff(before, after, file.name).encode(),
        cwd=tmp_path,
        env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
        check=True,
    )

    assert file.read_bytes() == after.encode()
