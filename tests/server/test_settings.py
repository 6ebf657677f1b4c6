"""Settings: where each value comes from, and what is said about a wrong one."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifyctl.errors import SettingInvalid
from notifyd.keys import ALGORITHMS
from notifyd.settings import (
    FIELDS,
    Settings,
    describe,
    has_file,
    is_secret,
    load_settings,
    quantity,
    unit,
)


def no_file(path: str) -> str:
    raise FileNotFoundError(f"No such file: {path}")


def load(
    *,
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    table: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> Settings:
    def read_file(path: str) -> str:
        return (files or {}).get(path) or no_file(path)

    return load_settings(options or {}, environ or {}, table or {}, read_file)


def refused(
    *,
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    table: Mapping[str, Any] | None = None,
) -> SettingInvalid:
    with pytest.raises(SettingInvalid) as caught:
        load(options=options, environ=environ, table=table)
    return caught.value


def blamed(
    environ: Mapping[str, str] | None = None, table: Mapping[str, Any] | None = None
) -> object:
    """The setting that is refused, or None when all is well."""
    try:
        load(environ=environ, table=table)
    except SettingInvalid as error:
        return error.details["name"]
    return None


# Where a value comes from


def test_nothing_given_is_the_defaults() -> None:
    assert load() == Settings()


def test_an_option_wins_over_the_environment_over_the_file_over_the_default() -> None:
    table = {"http_port": 1, "ws_port": 1, "log_level": "error"}
    environ = {"NOTIFYD_HTTP_PORT": "2", "NOTIFYD_WS_PORT": "2"}

    settings = load(options={"http_port": 3}, environ=environ, table=table)

    assert (settings.http_port, settings.ws_port) == (3, 2)
    assert (settings.log_level, settings.host) == ("error", Settings().host)


def test_an_option_that_was_not_given_hides_nothing() -> None:
    assert load(options={"host": None}, environ={"NOTIFYD_HOST": "::1"}).host == "::1"


def test_an_option_of_zero_is_given() -> None:
    settings = load(options={"http_port": 0}, environ={"NOTIFYD_HTTP_PORT": "9000"})

    assert settings.http_port == 0


def test_variables_of_others_are_left_alone() -> None:
    assert load(environ={"PATH": "/bin", "NOTIFYCTL_URL": "x", "notifyd_host": "x"}) == Settings()


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("NOTIFYD_PORT", "tcp://10.0.0.1:8000"),
        ("NOTIFYD_PORT_8000_TCP", "tcp://10.0.0.1:8000"),
        ("NOTIFYD_PORT_8000_TCP_ADDR", "10.0.0.1"),
        ("NOTIFYD_PORT_8000_TCP_PORT", "8000"),
        ("NOTIFYD_PORT_8000_TCP_PROTO", "tcp"),
        ("NOTIFYD_PORT_8001_UDP", "udp://10.0.0.1:8001"),
        ("NOTIFYD_SERVICE_HOST", "10.0.0.1"),
        ("NOTIFYD_SERVICE_PORT", "8000"),
        ("NOTIFYD_SERVICE_PORT_HTTP", "8000"),
        ("NOTIFYD_WS_PORT", "tcp://10.0.0.1:8001"),
        ("NOTIFYD_WS_SERVICE_HOST", "10.0.0.1"),
        ("NOTIFYD_HTTP_PORT_8000_TCP_ADDR", "10.0.0.1"),
    ],
)
def test_service_links_of_kubernetes_are_no_settings(variable: str, text: str) -> None:
    assert load(environ={variable: text}) == Settings()


def test_a_port_beside_the_service_links_is_a_setting() -> None:
    environ = {"NOTIFYD_SERVICE_PORT": "80", "NOTIFYD_PORT": "tcp://x:1", "NOTIFYD_WS_PORT": "9001"}

    assert load(environ=environ).ws_port == 9001


# Secrets


def test_a_secret_may_stand_in_a_file() -> None:
    environ = {"NOTIFYD_JWT_SECRET_FILE": "/run/secrets/jwt"}

    assert load(environ=environ, files={"/run/secrets/jwt": "s3cret\n"}).jwt_secret == "s3cret"


def test_a_secret_file_that_cannot_be_read_is_named() -> None:
    error = refused(environ={"NOTIFYD_JWT_SECRET_FILE": "/run/secrets/jwt"})

    assert str(error) == (
        "The setting jwt_secret is not valid: "
        "its file cannot be read (No such file: /run/secrets/jwt)."
    )


def test_a_secret_that_is_given_twice_is_refused() -> None:
    environ = {"NOTIFYD_JWT_SECRET": "a", "NOTIFYD_JWT_SECRET_FILE": "/run/secrets/jwt"}

    assert "keep one" in str(refused(environ=environ))


def test_a_public_key_may_stand_in_a_file() -> None:
    environ = {"NOTIFYD_JWT_PUBLIC_KEY_FILE": "login.pem"}

    assert load(environ=environ, files={"login.pem": "PEM\n"}).jwt_public_key == "PEM"


def test_only_keys_have_files() -> None:
    assert [name for name in FIELDS if has_file(name)] == ["jwt_secret", "jwt_public_key"]
    assert "no such setting" in str(refused(environ={"NOTIFYD_HOST_FILE": "/etc/hostname"}))


def test_the_secret_is_known_as_one() -> None:
    assert [name for name in FIELDS if is_secret(name)] == ["jwt_secret"]


# Values


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("HTTP_PORT", "9000", "http_port", 9000),
        ("MAX_CONNECTIONS", "5", "max_connections", 5),
        ("QUEUE_BYTES", "2 MiB", "queue_bytes", 2 * 1024**2),
        ("QUEUE_BYTES", "1000000", "queue_bytes", 1_000_000),
        ("DRAIN_SECONDS", "3m", "drain_seconds", 180.0),
        ("DRAIN_SECONDS", "0", "drain_seconds", 0.0),
        ("INBOX_MAX_AGE", "0.5d", "inbox_max_age", 43_200.0),
        ("GENERATE_SECRET", "True", "generate_secret", True),
        ("GENERATE_SECRET", "off", "generate_secret", False),
        ("ALLOWED_ORIGINS", " https://a.example, https://b.example ,", "allowed_origins", None),
        ("JWT_ALGORITHMS", "HS512", "jwt_algorithms", ("HS512",)),
        ("JWT_ALGORITHMS", "RS256, EdDSA", "jwt_algorithms", ("RS256", "EdDSA")),
        ("LOG_FORMAT", "json", "log_format", "json"),
        ("PUBLIC_WS_URL", "wss://n.example/ws", "public_ws_url", "wss://n.example/ws"),
    ],
)
def test_text_becomes_a_value_of_the_setting_s_type(
    variable: str, text: str, name: str, value: object
) -> None:
    loaded = getattr(load(environ={f"NOTIFYD_{variable}": text}), name)

    assert loaded == (("https://a.example", "https://b.example") if value is None else value)


def test_a_file_may_use_the_types_of_toml() -> None:
    table = {"http_port": 9000, "drain_seconds": 5, "allowed_origins": ["https://a.example"]}

    settings = load(table=table)

    assert settings.http_port == 9000
    assert settings.drain_seconds == 5.0
    assert settings.allowed_origins == ("https://a.example",)


@pytest.mark.parametrize(
    ("variable", "text", "problem"),
    [
        ("HTTP_PORT", "eighty", "it must be a whole number"),
        ("HTTP_PORT", "", "it must be a whole number"),
        ("HTTP_PORT", "99999", "it must be at most 65535"),
        ("HTTP_PORT", "9" * 5000, "it must be a whole number"),
        ("MAX_SESSIONS_PER_USER", "0", "it must be at least 1"),
        ("QUEUE_BYTES", "1 furlong", "it must be a number of bytes (b, kib, mib, gib)"),
        ("DRAIN_SECONDS", "soon", "it must be a number of seconds (ms, s, m, h, d)"),
        ("DRAIN_SECONDS", "-1", "it must be a number of seconds (ms, s, m, h, d)"),
        ("GENERATE_SECRET", "maybe", "it must be true or false"),
        ("LOG_LEVEL", "loud", "'loud' is not among the values it can have"),
        ("JWT_ALGORITHMS", "none", "'none' is not among the values it can have"),
        ("JWT_ALGORITHMS", "HS256,ES256K", "'ES256K' is not among the values it can have"),
        ("JWT_ALGORITHMS", "", "it may not be empty"),
    ],
)
def test_a_wrong_value_is_refused_with_name_and_problem(
    variable: str, text: str, problem: str
) -> None:
    error = refused(environ={f"NOTIFYD_{variable}": text})

    assert error.details == {"name": variable.lower(), "problem": problem}
    assert error.exit_status == 2


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ({"http_port": True}, "http_port"),
        ({"host": 5}, "host"),
        ({"drain_seconds": float("inf")}, "drain_seconds"),
        ({"drain_seconds": float("nan")}, "drain_seconds"),
        ({"allowed_origins": [1]}, "allowed_origins"),
        ({"server": {"host": "x"}}, "server"),
    ],
)
def test_a_wrong_type_in_the_file_is_refused_by_name(table: dict[str, Any], name: str) -> None:
    assert refused(table=table).details["name"] == name


def test_a_setting_that_does_not_exist_is_refused_with_the_closest_one() -> None:
    expected = "The setting queu_bytes is not valid: there is no such setting; "
    expected += "perhaps queue_bytes was meant."

    assert str(refused(environ={"NOTIFYD_QUEU_BYTES": "1"})) == expected
    assert str(refused(table={"queu_bytes": 1})) == expected
    assert str(refused(options={"queu_bytes": 1})) == expected


def test_what_is_like_no_setting_is_refused_without_a_guess() -> None:
    assert "see the settings reference" in str(refused(environ={"NOTIFYD_XYZZY": "1"}))


def test_a_refusal_never_repeats_a_secret() -> None:
    assert "s3cret" not in str(refused(table={"jwt_secret": ["s3cret"]}))


@given(text=st.text())
def test_any_text_is_a_value_or_refused_by_name(text: str) -> None:
    for name in FIELDS:
        assert blamed(environ={f"NOTIFYD_{name.upper()}": text}) in {name, None}


@given(
    table=st.dictionaries(
        st.sampled_from(sorted(FIELDS)),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text())
        | st.dictionaries(st.text(), st.integers()),
        max_size=3,
    )
)
def test_any_table_is_loaded_or_refused_by_name(table: dict[str, Any]) -> None:
    assert blamed(table=table) in {*table, None}


@given(name=st.text(), text=st.text())
def test_any_variable_is_a_setting_or_refused(name: str, text: str) -> None:
    blamed(environ={f"NOTIFYD_{name}": text})


# Quantities


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("250ms", 0.25),
        ("1.5h", 5400.0),
        (" 15 M ", 900.0),
        ("365d", 31_536_000.0),
    ],
)
def test_a_time_has_a_unit_or_counts_seconds(text: str, seconds: float) -> None:
    assert quantity(text, "seconds") == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "1w", "1 MiB", "-1s", "1s2", "1e3", "inf", "9" * 400])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"number of seconds \(ms, s, m, h, d\)"):
        quantity(text, "seconds")


@given(number=st.integers(0, 10**15 - 1), suffix=st.sampled_from(["", "B", "KiB", "mib", "GIB"]))
def test_a_size_is_a_whole_number_of_bytes(number: int, suffix: str) -> None:
    assert isinstance(quantity(f"{number}{suffix}", "bytes"), int)


# The manual


@pytest.mark.parametrize("name", FIELDS)
def test_every_setting_has_a_sentence_for_the_manual(name: str) -> None:
    assert re.fullmatch(r"[A-Z`].*\.", describe(name))


def test_settings_with_a_unit_say_so_in_their_name_or_accept_it() -> None:
    assert {name for name in FIELDS if name.endswith("_seconds")} <= {
        name for name in FIELDS if unit(name) == "seconds"
    }
    assert unit("queue_bytes") == "bytes"
    assert unit("host") is None


def test_every_algorithm_of_a_key_can_be_set() -> None:
    assert load(environ={"NOTIFYD_JWT_ALGORITHMS": ",".join(ALGORITHMS)}).jwt_algorithms == (
        ALGORITHMS
    )


def test_settings_never_show_a_key() -> None:
    shown = repr(Settings(jwt_secret="s3cret", jwt_public_key="a private key, by mistake"))

    assert "s3cret" not in shown
    assert "private" not in shown
    assert "jwt_keys_dir=None" in shown


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_only_loopback_is_this_machine_alone(host: str, *, loopback: bool) -> None:
    assert Settings(host=host).is_loopback is loopback
