import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyd.origins import hostname, origin_allowed


def test_without_an_origin_it_is_no_browser() -> None:
    assert origin_allowed(None, "notify.example.org", ())


@pytest.mark.parametrize(
    "origin",
    [
        "https://notify.example.org",
        "http://notify.example.org:3000",
        "https://NOTIFY.example.org",
        "http://localhost:5173",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "https://app.example.org",
    ],
)
def test_pages_of_the_same_host_of_this_machine_and_of_the_list_are_welcome(origin: str) -> None:
    assert origin_allowed(origin, "notify.example.org:8000", ["https://app.example.org"])


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://notify.example.org.evil.example",
        "https://evil.example/notify.example.org",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://app.example.org",
        "https://app.example.org:8443",
        "null",
        "",
        "http://[",
    ],
)
def test_all_others_are_not(origin: str) -> None:
    assert not origin_allowed(origin, "notify.example.org:8000", ["https://app.example.org"])


def test_a_star_welcomes_everybody() -> None:
    assert origin_allowed("https://evil.example", "notify.example.org", ["*"])


def test_without_a_host_nobody_is_the_same_host() -> None:
    assert not origin_allowed("https://none", None, ())


@given(origin=st.text(), host=st.one_of(st.none(), st.text()))
def test_any_headers_give_an_answer(origin: str, host: str | None) -> None:
    assert origin_allowed(origin, host, ()) in {True, False}


@pytest.mark.parametrize(
    ("url", "name"),
    [("//Host:80", "host"), ("//[::1]:80", "::1"), ("//", None), ("//[", None), ("x", None)],
)
def test_the_hostname_of_a_url(url: str, name: str | None) -> None:
    assert hostname(url) == name
