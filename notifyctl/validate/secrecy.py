"""Tells a secret that somebody has written down from what only sounds like one.

A name alone says little: `TOKEN_URL` is an address and `PASSWORD_FILE` a path. So the last words of
the name count, and the value must be one that could be used.
"""

import math
import re
from collections import Counter
from enum import StrEnum
from typing import Final


class Secrecy(StrEnum):
    """What a value is."""

    HARMLESS = "harmless"
    PLACEHOLDER = "placeholder"
    SECRET = "secret"  # noqa: S105 - a word, not a secret


# What others know at the first look, and would use within minutes.
_CREDENTIALS: Final = {
    "a private key": re.compile(
        r"-----BEGIN (?:[A-Z0-9]{1,9} ){0,3}PRIVATE KEY-----"
        r"(?:\s|\\n){1,8}(?:Proc-Type:|[A-Za-z0-9+/=]{40})"
    ),
    "a JSON Web Token": re.compile(r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}"),
    "an AWS access key": re.compile(
        r"(?<![A-Z0-9])(?:AKIA|ASIA)(?!.{9}EXAMPLE)[A-Z0-9]{16}(?![A-Z0-9])"
    ),
    "a GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60})"),
    "a GitLab token": re.compile(r"\bglpat-[\w-]{20}"),
    "a Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20}"),
    "a Stripe key": re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16}"),
    "a Google API key": re.compile(r"\bAIza[\w-]{35}"),
    "a SendGrid key": re.compile(r"\bSG\.[\w-]{22}\.[\w-]{43}"),
}
_URL_PASSWORD: Final = re.compile(
    r"\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]{0,99}:([^\s/@]{1,99})@[^\s/]"
)

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS: Final = frozenset(
    {"apikey", "passphrase", "passwd", "password", "pass", "pwd", "secret", "token"}
)
_SECRET_PAIRS: Final = frozenset(
    {
        ("access", "key"),
        ("account", "key"),
        ("api", "key"),
        ("auth", "key"),
        ("encryption", "key"),
        ("jwt", "key"),
        ("key", "base"),
        ("master", "key"),
        ("private", "key"),
        ("secret", "key"),
        ("shared", "key"),
        ("signing", "key"),
    }
)
_PUBLIC_WORDS: Final = frozenset({"public", "publishable"})
# Passwords may be short and stupid; what is called a token or a key is only one if it is long.
_PASSWORD_WORDS: Final = frozenset({"passphrase", "passwd", "password", "pass", "pwd", "secret"})
_SHORTEST_TOKEN: Final = 8
# `TLS_SECRET: webhook-cert` is the name of a Secret of Kubernetes.
_NAMES_OF_SECRETS: Final = frozenset(
    {"ca", "cert", "certificate", "credentials", "kubernetes", "password", "pull", "tls", "webhook"}
)
_NAME_OF_A_SECRET: Final = re.compile(r"[a-z0-9.-]+-(?:creds?|credentials?|certs?|config|tls)")
_OBJECT_NAME: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")

_FILLED_IN: Final = re.compile(
    r"\$\{|\$\(|\{\{|\{%|<%|%\(|#\{|^\$[\w.:-]+$|^%.*%$|^<.*>$|^@.*@$|^__.*__$|^\[\[.*\]\]$|^\{.*\}$"
)
_ELSEWHERE: Final = re.compile(
    r"^(?:[~.]{0,2}/|[A-Za-z]:\\|file:|vault:|ref\+|op://|sm://|gcp?:|arn:|ENC\[|projects/|secret(?:s)?[:/]"
    r"|(?:valueFrom|env|awssm|azurekeyvault)[:.])"
)
_ADDRESS_OR_NUMBER: Final = re.compile(r"https?://|[0-9]{1,3}$")
_NO_VALUE: Final = frozenset(
    {"", "0", "1", "disabled", "enabled", "false", "nil", "no", "none", "null", "off", "on"}
    | {"optional", "required", "true", "undefined", "yes"}
)
_PLACEHOLDER: Final = re.compile(
    r"change[-_ ]?(?:me|it|this|in)\b.*|changeme.*|please[-_ ]?change.*"
    r"|replace[-_ ]?(?:me|this|with|by)?\b.*|(?:put|insert|enter|add|set|fill)[-_ ].*"
    r"|your[-_ ]?.*"
    r"|.*[-_ ]here|todo|tbd|fixme|x{3,}.*|\*+|\.{3,}|-+|placeholder.*|example.*|dummy.*|fake.*"
    r"|redacted|passw0rd",
    re.IGNORECASE,
)
# Nothing but such words is no secret yet: `my-super-secret-key`.
_EMPTY_WORDS: Final = frozenset(
    {"a", "api", "bar", "default", "foo", "foobar", "jwt", "key", "my", "mypassword", "mysecret"}
    | {"pass", "passwd", "password", "private", "pwd", "real", "secret", "some", "super"}
    | {"supersecret", "test", "the", "token", "top", "topsecret", "value", "very"}
)
_SHORTEST_RANDOM: Final = 20
_RANDOM_BITS: Final = 3.7


def credential_in(text: str) -> str:
    """The kind of a well-known credential that is somewhere in a text; empty if there is none."""
    for kind, pattern in _CREDENTIALS.items():
        if pattern.search(text):
            return kind
    for match in _URL_PASSWORD.finditer(text):
        if judge_password(match[1]) is Secrecy.SECRET:
            return "a password in a URL"
    return ""


def judge(name: str, value: str) -> Secrecy:
    """What the value of a variable or key is, by its name and by itself."""
    if credential_in(value):
        return Secrecy.SECRET
    words = [word.lower() for word in _WORD.findall(name)]
    if not is_secret_name(words) or "\n" in value.strip():
        return Secrecy.HARMLESS
    last = words[-1]
    if last == "secret" and _is_name_of_a_secret(words, value):
        return Secrecy.HARMLESS
    may_be_short = last in _PASSWORD_WORDS or last.endswith("password")
    if not may_be_short and len(value) < _SHORTEST_TOKEN:
        return Secrecy.HARMLESS
    return judge_password(value)


def _is_name_of_a_secret(words: list[str], value: str) -> bool:
    """Whether a value is the name of a Secret of Kubernetes rather than a secret."""
    if _NAME_OF_A_SECRET.fullmatch(value):
        return True
    return bool(_NAMES_OF_SECRETS & set(words) and _OBJECT_NAME.fullmatch(value))


def judge_password(value: str) -> Secrecy:
    """What a value is that stands where a secret belongs."""
    value = value.strip()
    if value.lower() in _NO_VALUE or is_filled_in(value) or _ELSEWHERE.match(value):
        return Secrecy.HARMLESS
    if _ADDRESS_OR_NUMBER.match(value) or " " in value:
        return Secrecy.HARMLESS
    words = re.split(r"[-_. ]+", value.lower())
    is_placeholder = _PLACEHOLDER.fullmatch(value) or _EMPTY_WORDS.issuperset(words)
    return Secrecy.PLACEHOLDER if is_placeholder else Secrecy.SECRET


def is_secret_name(words: list[str]) -> bool:
    """Whether the words of a name end as those of a secret do."""
    if not words or _PUBLIC_WORDS & set(words):
        return False
    return (
        words[-1] in _SECRET_WORDS
        or words[-1].endswith("password")
        or tuple(words[-2:]) in _SECRET_PAIRS
    )


def is_filled_in(value: str) -> bool:
    """Whether a value comes from elsewhere: a variable, or a template's gap."""
    return bool(_FILLED_IN.search(value))


def looks_random(value: str) -> bool:
    """Whether a value is long and mixed as only a machine makes it."""
    if len(value) < _SHORTEST_RANDOM or not re.fullmatch(r"[A-Za-z0-9+/=_-]+", value):
        return False
    if not (re.search(r"[0-9]", value) and re.search(r"[A-Za-z]", value)):
        return False
    counts = Counter(value).values()
    bits = -sum(count / len(value) * math.log2(count / len(value)) for count in counts)
    return bits >= _RANDOM_BITS
