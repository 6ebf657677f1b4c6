from tests.support.dockerfiles import dockerfile


def exposed(text: str) -> list[int]:
    return [each.port for each in dockerfile(f"FROM base:1\n{text}").exposed]


def test_ports_are_put_in_from_variables() -> None:
    assert exposed("ARG P=80\nENV Q=81\nEXPOSE $P ${Q} 82\n") == [80, 81, 82]
    assert exposed('ENV P="80 81"\nEXPOSE $P\n') == [80, 81]


def test_env_goes_before_arg() -> None:
    assert exposed("ENV P=80\nARG P=81\nEXPOSE $P\n") == [80]
    assert exposed("ARG P=81\nENV P=80\nEXPOSE $P\n") == [80]


def test_the_values_of_one_env_do_not_see_each_other() -> None:
    env = dockerfile("FROM base:1\nENV A=1\nENV A=2 B=$A\n").env

    assert env["B"].text == "1"


def test_a_port_that_only_the_build_knows_is_unknown() -> None:
    for text in ("EXPOSE $P", "ARG P\nEXPOSE $P", "ENV P=$X\nARG P=1\nEXPOSE $P"):
        image = dockerfile(f"FROM base:1\n{text}\n")
        assert (image.exposed, image.exposes_unknown) == ((), True)


def test_an_argument_without_a_value_takes_the_default_of_its_use() -> None:
    assert exposed("ARG P\nEXPOSE ${P:-80}\n") == [80]


def test_an_argument_from_before_the_first_stage_counts_where_it_is_asked_for() -> None:
    assert dockerfile("ARG P=80\nFROM base:1\nARG P\nEXPOSE $P\n").exposed[0].port == 80
    assert dockerfile("ARG P=80\nFROM base:1\nEXPOSE $P\n").exposes_unknown


def test_what_the_builder_gives_is_unknown_whatever_its_default() -> None:
    image = dockerfile("FROM base:1\nARG TARGETARCH=amd64\nENV A=$TARGETARCH\n")

    assert image.env["A"].text is None


def test_the_last_user_counts_with_its_place() -> None:
    user = dockerfile("FROM base:1\nUSER a\nUSER ${U:-b}\n").user
    assert user is not None
    assert user.text is None

    user = dockerfile("FROM base:1\nUSER a\nARG U\nUSER ${U:-b}:c\n").user
    assert user is not None
    assert (user.text, user.span.text) == ("b:c", "${U:-b}:c")


def test_a_new_entrypoint_takes_the_earlier_command_away() -> None:
    inherited = 'FROM base:1 AS a\nCMD ["x"]\nFROM a\nENTRYPOINT ["y"]\n'
    assert dockerfile(inherited).command is None
    assert dockerfile('FROM base:1\nCMD ["x"]\nENTRYPOINT ["y"]\n').command is not None


def test_a_healthcheck_may_be_switched_off() -> None:
    check = dockerfile("FROM base:1\nHEALTHCHECK CMD a\nHEALTHCHECK NONE\n").healthcheck

    assert check is not None
    assert check.command is None


def test_labels_and_the_signal_are_remembered() -> None:
    image = dockerfile(
        'FROM base:1\nLABEL a="b c"\nSTOPSIGNAL SIGQUIT\nSHELL ["/bin/bash", "-c"]\n'
    )
    effect = image.final.effect

    assert image.labels["a"].text == "b c"
    assert effect.stop_signal is not None
    assert effect.stop_signal.text == "SIGQUIT"
    assert effect.shell is not None
    assert effect.shell.words[0].text == "/bin/bash"


def test_more_ports_than_there_are_need_not_be_listened_to() -> None:
    image = dockerfile("FROM base:1\nEXPOSE " + "1-65535 " * 100 + "\n")

    assert image.exposes_unknown
    assert len(image.exposed) < 200_000


def test_what_is_no_port_belongs_to_the_stage_that_says_it() -> None:
    first, second = dockerfile("FROM base:1 AS a\nEXPOSE 1,2\nFROM a\nEXPOSE x\n").stages

    assert [wrong.text for wrong in first.effect.wrong_ports] == ["1,2"]
    assert [wrong.text for wrong in second.effect.wrong_ports] == ["x"]
