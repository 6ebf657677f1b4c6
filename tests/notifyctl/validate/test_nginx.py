"""What is read of nginx's configuration."""

from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.nginx import Proxied, below, proxied_in, read_nginx
from notifyctl.validate.source import Source

CONFIGURATION = """\
upstream sockets { server notify:8001 max_fails=3; }  # comment; with { marks }
server {
    listen 443 ssl;
    proxy_http_version 1.1;
    proxy_set_header Host "$host";
    location = /ws {
        proxy_pass http://sockets;
        proxy_set_header Upgrade $http_upgrade;
    }
    location /v1 { proxy_pass http://${NOTIFY}:8000/v1; }
    location / { root /srv; }
}
"""


def proxied(text: str = CONFIGURATION) -> list[Proxied]:
    return list(proxied_in(read_nginx(Source("nginx.conf", text))))


def test_the_proxied_locations_are_found_with_their_paths_and_targets() -> None:
    assert [(each.path, each.target) for each in proxied()] == [
        ("/ws", "http://sockets"),
        ("/v1", "http://${NOTIFY}:8000/v1"),
    ]


def test_a_directive_is_inherited_from_the_nearest_block_that_has_it() -> None:
    text = "a 1; server { a 2; location / { proxy_pass http://x; } }"
    (location,) = proxied(text)
    found = location.inherited("a")

    assert found is not None
    assert found.words == ("a", "2")
    assert location.inherited("b") is None


def test_headers_of_a_location_hide_those_around_it() -> None:
    sockets, api = proxied()

    assert sockets.headers() == {"upgrade": "$http_upgrade"}
    assert api.headers() == {"host": "$host"}


def test_the_last_of_equal_directives_counts() -> None:
    (location,) = proxied("location / { proxy_pass http://a; proxy_pass http://b; }")

    assert location.target == "http://b"


def test_what_a_file_of_its_own_may_add_is_noticed() -> None:
    (plain,) = proxied("include mime.types; location / { proxy_pass http://a; }")
    (more,) = proxied("server { include proxy_params; location / { proxy_pass http://a; } }")

    assert not plain.includes
    assert more.includes


def test_a_place_is_the_word_location() -> None:
    assert [each.head.text for each in proxied()] == ["location", "location"]


def test_a_configuration_of_very_many_blocks_is_read() -> None:
    deep = "a {" * 5000 + "location / { proxy_pass http://a; }"

    assert list(below(read_nginx(Source("deep.conf", deep + "}" * 5000))))


@given(text=st.text(alphabet=" \n{};'\"#$\\ab", max_size=60))
def test_any_text_is_read(text: str) -> None:
    whole = read_nginx(Source("any.conf", text))

    assert all(each.words for each, _ in below(whole))


def test_a_comment_is_no_part_of_a_directive() -> None:
    whole = read_nginx(Source("nginx.conf", "# a { b\nlisten 80; # c ;\nroot /;"))

    assert [each.words for each, _ in below(whole)] == [("listen", "80"), ("root", "/")]
