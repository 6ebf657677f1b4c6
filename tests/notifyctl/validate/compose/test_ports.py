import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.compose.interpolation import interpolate
from notifyctl.validate.compose.ports import Port, beyond, meet, read_ports
from tests.support.compose import tree

Brief = tuple[str | None, int | None, int | None, str]


def read(text: str) -> list[Port] | None:
    return read_ports(interpolate(tree(f"- {text}"), {"HTTP": "8000"}).items[0])


def brief(text: str) -> list[Brief]:
    ports = read(text)
    assert ports is not None
    return [(port.host_ip, port.host, port.container, port.protocol) for port in ports]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8000", ("", None, 8000, "tcp")),
        ("8000:8001", ("", 8000, 8001, "tcp")),
        ('"8000:8001/udp"', ("", 8000, 8001, "udp")),
        ('"127.0.0.1:8000:8001"', ("127.0.0.1", 8000, 8001, "tcp")),
        ('"127.0.0.1::8001"', ("127.0.0.1", None, 8001, "tcp")),
        ('"[::1]:8000:8001"', ("::1", 8000, 8001, "tcp")),
        ('"::1:8000:8001"', ("::1", 8000, 8001, "tcp")),
        ('"0:8001"', ("", None, 8001, "tcp")),
        ('"${HTTP}:8001"', ("", 8000, 8001, "tcp")),
        ('"127.0.0.1:${PORT:-9000}:8001"', ("127.0.0.1", 9000, 8001, "tcp")),
        ('"127.0.0.1:${PORT}:8001"', ("127.0.0.1", None, 8001, "tcp")),
        ('"${PORT}:8001"', (None, None, 8001, "tcp")),
        ('"8000:${PORT}"', ("", 8000, None, "tcp")),
        ('"8000:8001/${PROTOCOL}"', ("", 8000, 8001, "")),
        ("{target: 8001}", ("", None, 8001, "tcp")),
        ("{target: 8001, published: '8000'}", ("", 8000, 8001, "tcp")),
        ("{target: 8001, published: 8000, host_ip: 10.0.0.1}", ("10.0.0.1", 8000, 8001, "tcp")),
        ("{target: 53, published: 53, protocol: UDP, mode: host}", ("", 53, 53, "udp")),
    ],
)
def test_a_port_is_read_in_every_syntax(text: str, expected: Brief) -> None:
    assert brief(text) == [expected]


def test_a_range_is_as_many_ports() -> None:
    assert brief('"9000-9002:8000-8002"') == [
        ("", 9000, 8000, "tcp"),
        ("", 9001, 8001, "tcp"),
        ("", 9002, 8002, "tcp"),
    ]
    assert brief('"8000-8001"') == [("", None, 8000, "tcp"), ("", None, 8001, "tcp")]


def test_of_a_range_for_one_port_docker_takes_one() -> None:
    assert brief('"8000-8005:80"') == [("", None, 80, "tcp")]


@pytest.mark.parametrize(
    "text",
    [
        "''",
        "'${PORTS}'",
        "a:b",
        "1-2:3-5",
        "70000",
        "2-1",
        "1-65535",
        "[]",
        "{}",
        "{target: x}",
        "1:2:3:4x",
    ],
)
def test_what_cannot_be_read_is_no_list_of_ports(text: str) -> None:
    ports = read(text)

    assert ports is None or [port.container for port in ports] == [None]


def test_a_port_stands_where_its_entry_stands() -> None:
    ports = read('"8000:8001"')

    assert ports is not None
    assert ports[0].span.text == '"8000:8001"'


@pytest.mark.parametrize(
    ("one", "other"), [("", ""), ("", "127.0.0.1"), ("0.0.0.0", "10.0.0.1"), ("::", "::1")]
)
def test_every_address_is_also_each_of_them(one: str, other: str) -> None:
    assert meet(one, other)
    assert meet(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("127.0.0.1", "10.0.0.1"), ("0.0.0.0", "::"), ("", "::1"), (None, ""), (None, None)],
)
def test_addresses_that_have_nothing_in_common_may_have_one_port(
    one: str | None, other: str | None
) -> None:
    assert not meet(one, other)


@given(st.text())
def test_whatever_an_entry_says_it_is_read_or_not(text: str) -> None:
    quoted = "'" + "".join(each for each in text if each.isprintable() and each != "'") + "'"

    for port in read(quoted) or []:
        assert port.container is None or 0 <= port.container <= 65_535


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80000:80", 80_000),
        ('"127.0.0.1:80:65536/udp"', 65_536),
        ('"[::1]:65000-66000:80"', 66_000),
        ("100000", 100_000),
        ("{target: 80, published: '80000'}", 80_000),
        ("{target: 80000}", 80_000),
        ("65535:65535", None),
        ('"${PORT}:80"', None),
        ('"${PORT:-80000}:80"', 80_000),
        ('"1000000000000:80"', None),
        ("[80000]", None),
        ("{target: [80000]}", None),
    ],
)
def test_a_number_that_is_too_large_for_a_port_is_seen(text: str, expected: int | None) -> None:
    assert beyond(interpolate(tree(f"- {text}"), {}).items[0]) == expected
