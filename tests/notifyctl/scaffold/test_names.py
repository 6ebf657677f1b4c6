"""Names: those that work are taken as they are, others are refused with a sentence."""

import pytest

from notifyctl.errors import UsageError
from notifyctl.scaffold.names import Names, chosen, split_image


def names(**given: str) -> Names:
    """Names that work, but for those given."""
    working = {"name": "ping", "namespace": "team", "host": "ping.example.org", "image": "ping:1"}
    return chosen(**(working | given), version="0.1.0")


@pytest.mark.parametrize(
    ("image", "repository", "tag"),
    [
        ("notify:1.0", "notify", "1.0"),
        ("registry.example.org/team/notify:1.0", "registry.example.org/team/notify", "1.0"),
        ("localhost:5000/notify", "localhost:5000/notify", None),
        ("localhost:5000/notify:v1", "localhost:5000/notify", "v1"),
        ("notify:", "notify", ""),
    ],
)
def test_the_colon_of_a_port_begins_no_tag(image: str, repository: str, tag: str | None) -> None:
    assert split_image(image) == (repository, tag)


def test_an_image_without_a_tag_gets_the_version() -> None:
    assert names(image="localhost:5000/notify").image == "localhost:5000/notify:0.1.0"


@pytest.mark.parametrize("name", ["a", "notify-2", "n" * 50])
def test_a_label_of_dns_is_a_name(name: str) -> None:
    assert names(name=name).name == name


@pytest.mark.parametrize(
    "name", ["", "Notify", "2notify", "notify_2", "-a", "a-", "a.b", "n" * 51, "null", "yes", "ä"]
)
def test_what_is_no_label_or_no_text_in_yaml_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be a --name; use at most 50 lower-case letters"):
        names(name=name)


@pytest.mark.parametrize("namespace", ["", "Team", "a/b", "n" * 64, "off"])
def test_a_namespace_keeps_to_the_same_rules(namespace: str) -> None:
    with pytest.raises(UsageError, match=r"cannot be a --namespace; use at most 63 lower-case"):
        names(namespace=namespace)


@pytest.mark.parametrize("host", ["localhost", "a.b-c.example", "0.notify.example.org"])
def test_a_hostname_is_a_host(host: str) -> None:
    assert names(host=host).host == host


@pytest.mark.parametrize(
    "host",
    [
        "",
        "https://a.example",
        "a.example:443",
        "a.example/ws",
        "A.example",
        "10.0.0.1",
        "no",
        "a..b",
    ],
)
def test_a_url_an_address_or_a_port_is_no_host(host: str) -> None:
    with pytest.raises(UsageError, match="cannot be a --host; give a hostname in lower case"):
        names(host=host)


@pytest.mark.parametrize(
    "image", ["", ":1", "Notify:1", "a b:1", "-a:1", "a@sha256:" + "0" * 64, "12", "a/:1", "a\n:1"]
)
def test_what_no_registry_would_take_is_no_image(image: str) -> None:
    with pytest.raises(UsageError, match="cannot be an --image; give a name and a tag"):
        names(image=image)


@pytest.mark.parametrize("tag", ["", "latest", "-1", "a b", "a:b", "ä"])
def test_a_tag_that_moves_or_is_none_is_refused(tag: str) -> None:
    with pytest.raises(UsageError, match="cannot be the tag of an --image; give one that always"):
        names(image=f"notify:{tag}")
