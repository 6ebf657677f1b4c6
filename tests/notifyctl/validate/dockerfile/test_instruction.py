from tests.support.dockerfiles import instruction


def test_of_several_flags_of_one_name_the_last_counts() -> None:
    copy = instruction("COPY --from=a --from=b c d")
    flag = copy.flag("from")

    assert flag is not None
    assert flag.value == "b"
    assert copy.flag("chown") is None


def test_all_arguments_have_one_place() -> None:
    assert instruction("EXPOSE 1  2").arguments_span.text == "1  2"
    assert instruction("CMD").arguments_span.text == "CMD"


def test_the_command_of_a_healthcheck_is_what_stands_behind_cmd() -> None:
    assert instruction("HEALTHCHECK CMD a b").command.text == "a b"
    assert instruction("HEALTHCHECK CMD").command.words == ()


def test_a_command_in_exec_form_is_its_words_as_one_line() -> None:
    command = instruction('ENTRYPOINT ["a", "b c"]').command

    assert command.is_exec
    assert command.text == "a b c"
    assert command.span.text == '"a", "b c"'
