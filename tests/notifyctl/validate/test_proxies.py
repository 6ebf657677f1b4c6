"""Which locations of nginx lead to the WebSockets of the service."""

import pytest

from notifyctl.validate.proxies import SocketLocation, socket_locations
from tests.support.validating import workspace

COMPOSE = """\
services:
  proxy:
    image: nginx:1.27
    volumes: ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]
  notify:
    image: notifyctl:0.1.0
    container_name: sockets
"""


def locations(conf: str, compose: str = COMPOSE, **others: str) -> list[SocketLocation]:
    files = {"compose.yaml": compose, "nginx.conf": conf}
    each = workspace(files | {f"{name}.conf": text for name, text in others.items()})
    return list(socket_locations(each, each.settings))


@pytest.mark.parametrize(
    "target",
    [
        "http://notify:8001",
        "http://notify:8001/ws",
        "http://sockets:8001",
        "http://up",
        "http://up/",
    ],
)
def test_a_location_leads_there_by_name_or_upstream(target: str) -> None:
    conf = f"upstream up {{ server notify:8001; }} location /ws {{ proxy_pass {target}; }}"
    (location,) = locations(conf)

    assert location.proxied.path == "/ws"
    assert location.proxy.name == "proxy"
    assert location.is_whole


@pytest.mark.parametrize(
    "target",
    [
        "http://notify:8000",
        "http://notify",
        "http://other:8001",
        "http://$host:8001",
        "unix:/run/a",
    ],
)
def test_any_other_location_does_not(target: str) -> None:
    conf = f"upstream other {{ server notify:8000; }} location /ws {{ proxy_pass {target}; }}"

    assert locations(conf) == []


def test_the_port_is_where_the_service_listens() -> None:
    moved = COMPOSE + "    environment: {NOTIFYD_WS_PORT: 9001}\n"
    conf = "location /ws { proxy_pass http://notify:9001; }"

    assert len(locations(conf, moved)) == 1
    assert locations(conf) == []


@pytest.mark.parametrize(
    "mounts",
    [
        '"./nginx.conf:/etc/nginx/conf.d/default.conf", "./more:/etc/nginx/snippets"',
        '"./nginx.conf:/etc/nginx/conf.d/default.conf", "./gone.conf:/etc/nginx/nginx.conf"',
        '"./nginx.conf:/etc/nginx/conf.d/default.conf", "./main.conf:/etc/nginx/nginx.conf"',
    ],
)
def test_a_location_is_not_whole_if_another_file_may_say_more(mounts: str) -> None:
    compose = COMPOSE.replace('"./nginx.conf:/etc/nginx/conf.d/default.conf:ro"', mounts)
    conf = "location /ws { proxy_pass http://notify:8001; }"
    (location,) = locations(conf, compose, main="http { proxy_http_version 1.1; }")

    assert not location.is_whole


def test_certificates_and_plain_files_beside_it_say_nothing_more() -> None:
    more = ', "./certs:/etc/nginx/certs", "./main.conf:/etc/nginx/nginx.conf"]'
    compose = COMPOSE.replace("]", more, 1)
    conf = "location /ws { proxy_pass http://notify:8001; }"
    (location,) = locations(conf, compose, main="events { worker_connections 4096; }")

    assert location.is_whole
