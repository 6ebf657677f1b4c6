import pytest

from notifyctl.errors import OriginRefused
from notifyd.http_api.cors import cors_headers, preflight_headers

HOST = "notify.example.org"


def test_without_an_origin_only_caches_are_told_that_it_would_matter() -> None:
    assert cors_headers(None, HOST, ()) == {"Vary": "Origin"}


def test_a_page_of_an_allowed_origin_may_read_the_answer() -> None:
    headers = cors_headers("https://app.example.org", HOST, ["https://app.example.org"])

    assert headers["Access-Control-Allow-Origin"] == "https://app.example.org"
    assert "Retry-After" in headers["Access-Control-Expose-Headers"]
    assert headers["Vary"] == "Origin"


def test_a_page_of_another_origin_is_refused_with_the_name_of_the_setting() -> None:
    with pytest.raises(OriginRefused, match="allowed_origins"):
        cors_headers("https://evil.example", HOST, ())


def test_credentials_are_never_sent_along() -> None:
    headers = {**cors_headers("http://localhost", HOST, ()), **preflight_headers("GET")}

    assert "Access-Control-Allow-Credentials" not in headers


def test_a_preflight_learns_the_methods_and_the_headers_that_may_be_sent() -> None:
    headers = preflight_headers("POST, OPTIONS")

    assert headers["Access-Control-Allow-Methods"] == headers["Allow"] == "POST, OPTIONS"
    for name in ("Authorization", "Content-Type", "Idempotency-Key"):
        assert name in headers["Access-Control-Allow-Headers"]
