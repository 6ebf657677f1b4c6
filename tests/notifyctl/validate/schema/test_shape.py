import re

import pytest

from notifyctl.validate.schema.shape import FORMS


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("quantity", "500m"),
        ("quantity", "1.5Gi"),
        ("quantity", "1e3"),
        ("quantity", "-1"),
        ("quantity", ".5"),
        ("duration", "1m30s"),
        ("duration", "0"),
        ("duration", "1.5h"),
        ("duration", "2d"),
        ("base64", ""),
        ("base64", "aGVsbG8="),
        ("base64", "aGVs\nbG8h"),
        ("port name", ""),
        ("port name", "http-8000"),
        ("port name", "fifteen-letters"),
        ("label", ""),
        ("label", "8000"),
        ("label", "a--b"),
        ("label", "x" * 63),
    ],
)
def test_what_is_of_a_form(form: str, text: str) -> None:
    assert re.search(FORMS[form][0], text)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("quantity", "512MB"),
        ("quantity", "1 Gi"),
        ("quantity", "half"),
        ("quantity", ""),
        ("duration", "30"),
        ("duration", "30 s"),
        ("duration", "soon"),
        ("base64", "hunter2"),
        ("base64", "not base64!!"),
        ("base64", "aGVsbG8"),
        ("port name", "sixteen-letters-"),
        ("port name", "sixteen-letterss"),
        ("port name", "Http"),
        ("port name", "8000"),
        ("port name", "a--b"),
        ("port name", "-a"),
        ("port name", "a_b"),
        ("label", "x" * 64),
        ("label", "Http"),
        ("label", "a-"),
        ("label", "a.b"),
    ],
)
def test_what_is_not_of_a_form(form: str, text: str) -> None:
    assert not re.search(FORMS[form][0], text)


def test_a_long_secret_is_looked_at_in_no_time() -> None:
    # A form that goes back and forth would not come to an end with this.
    assert not re.search(FORMS["base64"][0], "aGVsbG8h\r\n" * 20_000 + "!")
