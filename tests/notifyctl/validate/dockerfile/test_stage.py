from notifyctl.validate.image import Image
from tests.support.dockerfiles import dockerfile


def test_a_stage_has_a_name_a_base_and_its_instructions() -> None:
    first, second = dockerfile("FROM a:1 AS build\nRUN x\nFROM b/c:2\nUSER 1\n").stages

    assert (first.name, first.image) == ("build", Image("docker.io", "a", "1"))
    assert [each.keyword for each in first.instructions] == ["RUN"]
    assert (second.name, second.image) == ("", Image("docker.io", "b/c", "2"))
    assert second.base is not None
    assert second.base.span.text == "b/c:2"


def test_a_stage_begins_with_what_an_earlier_one_has() -> None:
    image = dockerfile(
        "FROM a:1 AS Base\nENV P=80\nUSER 5\nEXPOSE 79\nFROM z:1\nFROM base\nEXPOSE $P\n"
    )

    assert [each.port for each in image.exposed] == [79, 80]
    assert image.user is not None
    assert image.base == Image("docker.io", "a", "1")
    assert [stage.name for stage in image.final.line] == ["Base", ""]


def test_a_stage_does_not_know_what_others_do_later() -> None:
    image = dockerfile("FROM a:1 AS x\nFROM x AS y\nEXPOSE 80\nFROM x\n")

    assert image.exposed == ()


def test_the_base_may_come_from_an_argument() -> None:
    assert dockerfile("ARG V=3.13\nFROM python:${V}-slim\n").base == Image(
        "docker.io", "python", "3.13-slim"
    )
    assert dockerfile("ARG V\nFROM python:${V}\n").base is None
    assert dockerfile("FROM $BASE\n").base is None


def test_of_two_stages_of_one_name_the_later_one_is_meant() -> None:
    image = dockerfile("FROM a:1 AS x\nFROM b:1 AS x\nFROM x\n")

    assert image.base == Image("docker.io", "b", "1")


def test_a_stage_cannot_begin_with_itself() -> None:
    assert dockerfile("FROM a AS a\n").base == Image("docker.io", "a")


def test_what_onbuild_leaves_is_done_in_the_stage_that_follows() -> None:
    assert dockerfile("FROM a:1 AS x\nONBUILD EXPOSE 80\n").exposed == ()
    assert dockerfile("FROM a:1 AS x\nONBUILD EXPOSE 80\nFROM x\n").exposed[0].port == 80


def test_the_platform_is_a_flag() -> None:
    start = dockerfile("FROM --platform=$BUILDPLATFORM a:1\n").final.start

    assert [flag.value for flag in start.flags] == ["$BUILDPLATFORM"]
