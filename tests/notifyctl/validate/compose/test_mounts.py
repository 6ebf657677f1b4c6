import pytest

from notifyctl.validate.compose.interpolation import interpolate
from notifyctl.validate.compose.mounts import Mount, read_mount
from tests.support.compose import tree

Brief = tuple[str, str | None, str | None, bool]


def read(text: str) -> Mount | None:
    return read_mount(interpolate(tree(f"- {text}"), {}).items[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/data", ("volume", "", "/data", False)),
        ("data:/data", ("volume", "data", "/data", False)),
        ("data:/data:ro", ("volume", "data", "/data", True)),
        ("data:/data:ro,z", ("volume", "data", "/data", True)),
        ("./src:/app", ("bind", "./src", "/app", False)),
        (".:/app", ("bind", ".", "/app", False)),
        ("~/x:/x", ("bind", "~/x", "/x", False)),
        ("/etc/x:/etc/x:rw", ("bind", "/etc/x", "/etc/x", False)),
        (r"'C:\src:/app'", ("bind", r"C:\src", "/app", False)),
        ("'${ROOT}/src:/app'", ("unknown", None, "/app", False)),
        ("'./${ROOT}:/app'", ("bind", None, "/app", False)),
        ("'${ROOT:-./src}:/app'", ("bind", "./src", "/app", False)),
        ("'${MOUNT}'", ("unknown", None, None, False)),
        ("{type: bind, source: ., target: /app, read_only: true}", ("bind", ".", "/app", True)),
        ("{type: volume, target: /data}", ("volume", "", "/data", False)),
        ("{type: tmpfs, target: /run}", ("tmpfs", "", "/run", False)),
        ("{type: npipe, source: a, target: b}", ("other", "a", "b", False)),
    ],
)
def test_a_mount_is_read_in_every_syntax(text: str, expected: Brief) -> None:
    mount = read(text)

    assert mount is not None
    assert (mount.kind, mount.source, mount.target, mount.is_read_only) == expected


@pytest.mark.parametrize("text", ["a:b:c:d", "[]", ""])
def test_what_cannot_be_read_is_no_mount(text: str) -> None:
    assert read(text) is None


def test_a_mount_stands_where_its_entry_stands() -> None:
    mount = read("data:/data")

    assert mount is not None
    assert mount.span.text == "data:/data"
