import pytest

from notifyctl.validate.dockerfile.ports import read_ports


@pytest.mark.parametrize(
    ("text", "numbers", "protocol"),
    [
        ("8000", [8000], "tcp"),
        ("8000/tcp", [8000], "tcp"),
        ("53/UDP", [53], "udp"),
        ("8000-8002", [8000, 8001, 8002], "tcp"),
        ("65535", [65535], "tcp"),
        ("8000/", [8000], "tcp"),
    ],
)
def test_a_word_names_ports(text: str, numbers: list[int], protocol: str) -> None:
    ports = read_ports(text)

    assert (list(ports.numbers), ports.protocol, ports.wrong) == (numbers, protocol, "")


@pytest.mark.parametrize(
    "text",
    ["0", "65536", "99999999999", "-1", "http", "8000/http", "8002-8000", "", "80 81"],
)
def test_what_is_no_port_is_wrong(text: str) -> None:
    ports = read_ports(text)

    assert ports.wrong
    assert not ports.numbers


@pytest.mark.parametrize(
    ("text", "meant"),
    [("8000,8001", [8000, 8001]), ("8000,", [8000]), ("8080:80", [80]), ("1.2.3.4:8080:80", [80])],
)
def test_what_is_wrong_may_still_mean_a_port(text: str, meant: list[int]) -> None:
    ports = read_ports(text)

    assert ports.wrong
    assert list(ports.numbers) == meant
