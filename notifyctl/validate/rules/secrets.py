"""Rules about secrets that are written where many can read them."""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.kubernetes import Manifest, Workload
from notifyctl.validate.rule import rule
from notifyctl.validate.secrecy import Secrecy, credential_in, judge, looks_random
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

# What `kubectl create secret docker-registry` writes.
_REGISTRY_LOGIN: Final = re.compile(r'"(?:auth|password)"\s*:\s*"[^"$<{]{8,}"')
# A Secret often holds also whose secret it is, and where it is for.
_NO_SECRET: Final = re.compile(
    r"(?:id|user|name|mail|host|region|bucket|ur[il]|endpoint|account|issuer|ca|cr?t|pub|pem)$",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@rule("K8318", "error")
def secret_in_plain_sight(manifest: Manifest, _settings: Settings) -> Iterator[Problem]:
    """A secret stands in a container's environment or in a ConfigMap.

    Whoever may look at pods or ConfigMaps can read it, and so can everybody who has the repository,
    now and in ten years. Asked are names that end as those of secrets do (`DB_PASSWORD`, but not
    `PASSWORD_FILE`), and values that are secrets by their form, whatever their name. A value that
    comes from elsewhere, as `${…}`, is none; `changeme` and the like is a warning.

    Nearest elsewhere: kube-linter `env-var-secret`, polaris `sensitiveContainerEnvVar`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              env: [{name: NOTIFYD_JWT_SECRET, value: 7d1e0c93f5ab}]

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              env:
                - name: NOTIFYD_JWT_SECRET
                  valueFrom: {secretKeyRef: {name: notify, key: jwt-secret}}
    """
    for place, name, node in _readable(manifest):
        verdict = judge(name, node.string)
        if verdict is Secrecy.HARMLESS:
            continue
        is_placeholder = verdict is Secrecy.PLACEHOLDER
        what = "is still a placeholder" if is_placeholder else _what_is_in(node.string)
        yield Problem(
            f"{place} `{name}` {what}",
            node,
            help="put it into a Secret, and refer to that with `secretKeyRef`",
            note="whoever may look at pods or ConfigMaps can read it",
            severity=Severity.WARNING if is_placeholder else None,
            secret=not is_placeholder,
        )


def _readable(manifest: Manifest) -> Iterator[tuple[str, str, Node]]:
    """What everybody can read in an object: a word for it, its name, and the value."""
    if isinstance(manifest, Workload):
        for container in manifest.every_container:
            for variable in container.env.values():
                yield "variable", variable.name, variable.node["value"]
    elif manifest.is_a("ConfigMap"):
        for name, entry in manifest.node["data"].entries.items():
            yield "key", name, entry.value


def _what_is_in(value: str) -> str:
    return f"holds {credential_in(value) or 'a secret'}"


@rule("K8319", "error")
def committed_secret(manifest: Manifest, _settings: Settings) -> Iterator[Problem]:
    """A Secret is written down with what looks like its real content.

    Base64 hides nothing. Keep the Secret out of the repository, or encrypt it: with SOPS, Sealed
    Secrets or External Secrets. What is encrypted, or filled in later as `${…}`, is none. A
    placeholder such as `changeme` is a warning: applied as it is, it is a password that everybody
    knows.

    Nearest elsewhere: datree, gitleaks.

    Bad::

        apiVersion: v1
        kind: Secret
        metadata: {name: notify}
        stringData: {jwt-secret: 7d1e0c93f5ab}

    Good::

        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: notify}
        spec:
          secretStoreRef: {kind: ClusterSecretStore, name: vault}
          target: {name: notify}
          data: [{secretKey: jwt-secret, remoteRef: {key: notify, property: jwt-secret}}]
    """
    if not manifest.is_a("Secret") or manifest.node["sops"].exists:
        return
    for name, node, value in _contents(manifest):
        verdict = judge(name, value)
        if verdict is Secrecy.HARMLESS and _is_secret_by_itself(name, value):
            verdict = Secrecy.SECRET
        if verdict is Secrecy.PLACEHOLDER:
            yield Problem(
                f"key `{name}` of Secret `{manifest.name}` is still a placeholder",
                node,
                help="leave the Secret out, and say in the documentation how it is made",
                note="applied as it is, it is a secret that everybody knows",
                severity=Severity.WARNING,
            )
        elif verdict is Secrecy.SECRET:
            yield Problem(
                f"key `{name}` of Secret `{manifest.name}` {_what_is_in(value)}",
                node,
                help="take it out of the repository, change it, and keep it encrypted",
                note="base64 hides nothing, and the history of a repository is never forgotten",
                secret=True,
            )


def _is_secret_by_itself(name: str, value: str) -> bool:
    """Whether a value in a Secret is one of the secrets in it, and not what it belongs to."""
    if _REGISTRY_LOGIN.search(value):
        return True
    return looks_random(value) and not _NO_SECRET.search(name) and not _UUID.fullmatch(value)


def _contents(secret: Manifest) -> Iterator[tuple[str, Node, str]]:
    """The keys of a Secret with their places and values, as far as these are text."""
    for name, entry in secret.node["stringData"].entries.items():
        yield name, entry.value, entry.value.string
    for name, entry in secret.node["data"].entries.items():
        try:
            # Long values are written over several lines.
            encoded = "".join(entry.value.string.split())
            yield name, entry.value, b64decode(encoded, validate=True).decode()
        except (NotBase64, ValueError):
            continue
