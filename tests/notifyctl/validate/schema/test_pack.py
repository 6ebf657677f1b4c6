from itertools import chain

import pytest

from notifyctl.validate.schema.pack import (
    COMPOSE,
    KUBERNETES,
    VERSIONS,
    nearest,
    problem_with,
    read_pack,
    target_minor,
)


def test_the_packs_hold_what_their_shapes_name() -> None:
    for name in (KUBERNETES, COMPOSE):
        pack = read_pack(name)
        for shape in pack.shapes:
            inner = [*shape.fields.values(), *shape.patterns.values()]
            inner += [each for each in (shape.items, shape.other) if each is not None]
            assert all(0 <= each < len(pack.shapes) for each in inner)
        roots = chain.from_iterable(kinds.values() for kinds in pack.roots.values())
        assert all(0 <= root < len(pack.shapes) for root in roots)


def test_the_versions_are_those_that_are_packed() -> None:
    assert set(read_pack(KUBERNETES).roots) == set(VERSIONS)


@pytest.mark.parametrize(
    ("version", "packed"),
    [
        ("", VERSIONS[-1]),
        (VERSIONS[0], VERSIONS[0]),
        (f"v{VERSIONS[1]}.4-gke.100", VERSIONS[1]),
        ("1.22", VERSIONS[0]),
        ("1.99", VERSIONS[-1]),
    ],
)
def test_the_nearest_version_is_taken(version: str, packed: str) -> None:
    assert nearest(version) == packed


def test_without_a_version_the_newest_is_meant() -> None:
    assert f"1.{target_minor('')}" == VERSIONS[-1]


@pytest.mark.parametrize("version", ["", "1.31", "v1.31.4", "1.31.4+k3s1"])
def test_versions_as_people_write_them(version: str) -> None:
    assert problem_with(version) == ""


@pytest.mark.parametrize("version", ["newest", "2.0", "1", "131"])
def test_what_is_no_version(version: str) -> None:
    assert problem_with(version) == (
        f"{version!r} is no version of Kubernetes; write one such as {VERSIONS[-1]!r}"
    )
