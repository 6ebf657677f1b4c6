from notifyctl.validate.dockerfile.lines import Lines
from notifyctl.validate.source import Source


def taken(text: str) -> list[str]:
    lines = Lines(Source("Dockerfile", text), [])
    found = []
    while (line := lines.take()) is not None:
        found.append(line.text)
    return found


def test_comments_and_blank_lines_are_left_out() -> None:
    assert taken("# a\n\n  # b\nC d # e\n") == ["C d # e"]


def test_continued_lines_are_one_and_keep_their_indentation() -> None:
    assert taken("A \\\n  b \\  \nc") == ["A   b c"]


def test_a_directive_counts_only_at_the_top() -> None:
    assert taken("# escape=`\nA `\nb") == ["A b"]
    assert taken("# hello\n# escape=`\nA `\nb") == ["A `", "b"]


def test_a_character_is_found_where_it_stands_in_the_file() -> None:
    source = Source("Dockerfile", "A x\\\n# c\ny z\n")
    line = Lines(source, []).take()

    assert line is not None
    assert line.text == "A xy z"
    assert line.word(2, 4).span.text == "x\\\n# c\ny"
    assert line.word(5, 6).span.begin == (3, 3)


def test_the_frontend_is_remembered() -> None:
    lines = Lines(Source("Dockerfile", "# syntax = example.org/x:1\n# check=skip=all\nFROM a"), [])
    lines.take()

    assert lines.syntax == "example.org/x:1"
