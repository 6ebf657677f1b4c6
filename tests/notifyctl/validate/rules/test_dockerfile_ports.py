import pytest

from notifyctl.validate.finding import Severity
from tests.support.dockerfiles import read, repaired, said

SERVE = 'CMD ["notifyctl", "serve", "--host", "0.0.0.0"]\n'


def test_a_port_that_is_not_exposed_is_told_at_expose_and_put_right_there() -> None:
    text = f"FROM python:3.13-slim\nEXPOSE 8000 # no comment\n{SERVE}".replace(" # no comment", "")

    assert said("DF101", text) == [("8000", Severity.ERROR)]
    assert "EXPOSE 8000 8001\n" in repaired("DF101", text)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_without_any_expose_one_is_put_before_what_starts_the_server(newline: str) -> None:
    text = f"FROM python:3.13-slim\n{SERVE}".replace("\n", newline)

    assert said("DF101", text) == [("python:3.13-slim", Severity.ERROR)]
    fixed = repaired("DF101", text)
    assert f"{newline}EXPOSE 8000 8001{newline}CMD" in fixed
    assert said("DF101", fixed) == []
    assert read(fixed).flaws == []


def test_a_server_that_an_earlier_stage_starts_gets_its_expose_at_the_end() -> None:
    text = f"FROM python:3.13-slim AS a\n{SERVE}FROM a"

    assert repaired("DF101", text) == f"{text}\nEXPOSE 8000 8001\n"


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13-slim\nEXPOSE 8000-8001\n{SERVE}",
        f"FROM python:3.13-slim\nARG WS=8001\nEXPOSE 8000 $WS\n{SERVE}",
        f"FROM python:3.13-slim\nARG WS\nEXPOSE 8000 $WS\n{SERVE}",
        f"FROM python:3.13-slim AS a\nEXPOSE 8000 8001\nFROM a\n{SERVE}",
        f"FROM ghcr.io/example/python:3\n{SERVE}",
        "FROM ghcr.io/example/notifyd:1\n",
        f"FROM python:3.13-slim\nENV NOTIFYD_WS_PORT=9001\nEXPOSE 8000 9001\n{SERVE}",
        "FROM python:3.13-slim\nEXPOSE 8000\n",
    ],
)
def test_nothing_is_said_where_both_ports_are_or_may_be_exposed(text: str) -> None:
    assert said("DF101", text) == []


def test_udp_is_another_port() -> None:
    text = f"FROM python:3.13-slim\nEXPOSE 8000 8001/udp\n{SERVE}"

    assert said("DF101", text) == [("8000 8001/udp", Severity.ERROR)]


def test_the_ports_are_those_of_the_settings() -> None:
    text = f"FROM python:3.13-slim\nEXPOSE 80 81\n{SERVE}"

    assert said("DF101", text, http_port=80, ws_port=81) == []


@pytest.mark.parametrize(
    ("expose", "wrong", "fixed"),
    [
        ("8000, 8001", ["8000,"], "8000 8001"),
        ("8000,8001", ["8000,8001"], "8000 8001"),
        ("8080:80", ["8080:80"], "8080:80"),
        ("70000 http", ["70000", "http"], "70000 http"),
        ("8000 # the API", ["#"], "8000 # the API"),
        ("8000 8001/tcp 9000-9002", [], "8000 8001/tcp 9000-9002"),
        ("$PORT ${OTHER:-80}", [], "$PORT ${OTHER:-80}"),
    ],
)
def test_what_is_no_port_is_told_of_every_image(expose: str, wrong: list[str], fixed: str) -> None:
    text = f"FROM a:1\nEXPOSE {expose}\n"

    assert [place for place, _ in said("DF102", text)] == wrong
    assert repaired("DF102", text) == f"FROM a:1\nEXPOSE {fixed}\n"


def test_a_wrong_port_of_an_earlier_stage_is_told_once() -> None:
    text = "FROM a:1 AS b\nEXPOSE 1,2\nFROM b\nEXPOSE 3\n"

    assert said("DF102", text) == [("1,2", Severity.ERROR)]


def test_a_mapped_port_is_not_missing_as_well() -> None:
    assert said("DF101", f"FROM python:3.13-slim\nEXPOSE 8000:8000 8001,\n{SERVE}") == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ('CMD ["notifyctl", "serve", "--host", "127.0.0.1"]', "127.0.0.1"),
        ('CMD ["notifyctl", "serve", "--host=localhost"]', "localhost"),
        ("CMD exec notifyctl serve --host ::1", "::1"),
        ('ENTRYPOINT ["notifyctl"]\nCMD ["serve", "--host", "127.0.0.1"]', "127.0.0.1"),
        ('ENV NOTIFYD_HOST=127.0.0.1\nCMD ["notifyctl", "serve"]', "127.0.0.1"),
        ('ENTRYPOINT ["sh", "-c", "exec notifyctl serve --host 127.0.0.1"]', "127.0.0.1"),
    ],
)
def test_a_server_on_loopback_is_told_at_its_address(lines: str, place: str) -> None:
    assert said("DF110", f"FROM python:3.13-slim\n{lines}\n") == [(place, Severity.ERROR)]


def test_a_server_that_nobody_gives_an_address_is_a_warning() -> None:
    text = 'FROM python:3.13-slim\nCMD ["notifyctl", "serve"]\n'

    assert said("DF110", text) == [('"notifyctl", "serve"', Severity.WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        f"FROM python:3.13-slim\n{SERVE}",
        'FROM python:3.13-slim\nENV NOTIFYD_HOST=0.0.0.0\nCMD ["notifyctl", "serve"]\n',
        'FROM python:3.13-slim\nENV NOTIFYD_HOST=$H\nCMD ["notifyctl", "serve"]\n',
        f"FROM python:3.13-slim\nENV NOTIFYD_HOST=127.0.0.1\n{SERVE}",
        'FROM python:3.13-slim\nCMD ["notifyctl", "serve", "--config", "/etc/n.toml"]\n',
        'FROM ghcr.io/example/notifyd:1\nCMD ["notifyctl", "serve"]\n',
        'FROM python:3.13-slim\nCMD ["uvicorn", "a:b", "--host", "127.0.0.1"]\n',
        'FROM ghcr.io/example/app:1\nENV NOTIFYD_URL=x\nENTRYPOINT ["/start"]\n',
    ],
)
def test_nothing_is_said_of_addresses_that_are_or_may_be_reached(text: str) -> None:
    assert said("DF110", text) == []
