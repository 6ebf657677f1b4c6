import pytest

from notifyctl.validate.dockerfile.shell import hands_over, is_simple, needs_shell, programs


@pytest.mark.parametrize("line", ["a b c", "A=1 a $B", "a 'b; c' \"d && e\"", "a -- --b=c"])
def test_one_program_with_its_arguments_is_simple(line: str) -> None:
    assert is_simple(line)


@pytest.mark.parametrize(
    "line", ["a; b", "a && b", "a | b", "a > b", "a $(b)", "(a)", "if a", "a *"]
)
def test_anything_else_is_not(line: str) -> None:
    assert not is_simple(line)
    assert needs_shell(line)


@pytest.mark.parametrize("line", ["a $B", "a 'b'", "A=1 b", "a ~/b", "a\\ b"])
def test_a_simple_line_may_still_need_a_shell(line: str) -> None:
    assert needs_shell(line)


def test_words_alone_need_none() -> None:
    assert not needs_shell("notifyctl serve --host=0.0.0.0")


@pytest.mark.parametrize(
    "line",
    [
        "exec a",
        "cd b && exec a",
        "A=1 exec a",
        'a; exec "$@"',
        "trap 'kill $P' TERM; a & P=$!; wait $P",
        "test -f a && exec b || exec c",
    ],
)
def test_exec_hands_the_process_over(line: str) -> None:
    assert hands_over(line)


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "cd b && a",
        "exec a; b",
        "executor a",
        "./wait-for-it.sh b",
        "echo 'exec a'",
        "exec > log; a",
    ],
)
def test_without_it_the_shell_stays(line: str) -> None:
    assert not hands_over(line)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("curl -f x || exit 1", ["curl", "exit"]),
        ("A=1 /usr/bin/wget -q x", ["wget"]),
        ("cd a && b | c", ["cd", "b", "c"]),
        ("if a; then b; fi", ["if", "b", "fi"]),
        ("echo 'curl x'", ["echo"]),
        ("", []),
    ],
)
def test_programs_are_named_without_their_folders(line: str, names: list[str]) -> None:
    assert programs(line) == names
