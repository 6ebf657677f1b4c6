import pytest

from notifyctl.validate.dockerfile.heredocs import names_in
from tests.support.dockerfiles import instruction, instructions


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("RUN <<EOF", [("EOF", False)]),
        ("RUN <<-EOF cat", [("EOF", True)]),
        ("COPY <<'a b' <<\"c\" /x/", [("a b", False), ("c", False)]),
        ("RUN 3<<EOF", [("EOF", False)]),
        ("RUN echo $((1<<2))", []),
        ("RUN echo '<<EOF'", []),
        ("RUN cat <<<EOF", []),
        ("RUN echo it's <<EOF", []),
    ],
)
def test_a_line_starts_heredocs(line: str, names: list[tuple[str, bool]]) -> None:
    assert names_in(line) == names


def test_the_lines_of_several_heredocs_stand_behind_each_other() -> None:
    copy, user = instructions("COPY <<A <<B /x/\none\nA\ntwo\nB\nUSER 1\n")

    assert [heredoc.content.text for heredoc in copy.heredocs] == ["one\n", "two\n"]
    assert copy.span.text.endswith("two\nB")
    assert user.keyword == "USER"


def test_tabs_may_go_before_the_last_line_only_with_a_dash() -> None:
    assert instruction("RUN <<-E\n\ta\n\tE").heredocs[0].content.text == "\ta\n"
    assert instruction("RUN <<E\n\tE\nE").heredocs[0].content.text == "\tE\n"


def test_a_heredoc_may_be_empty_and_may_end_the_file() -> None:
    assert instruction("RUN <<E\nE").heredocs[0].content.text == ""


def test_behind_onbuild_there_are_heredocs_too() -> None:
    onbuild = instruction("ONBUILD COPY <<E /a\nb\nE\n")

    assert onbuild.trigger is not None
    assert onbuild.trigger.heredocs[0].content.text == "b\n"
    assert onbuild.span.text.endswith("E")


def test_a_list_has_no_heredocs() -> None:
    assert len(instructions('RUN ["a", "<<E"]\nUSER 1\n')) == 2
