"""What to do with the files of an installation: the commands, in their order."""

import json
import shlex
from urllib.parse import unquote, urlsplit

import msgspec

from notifyctl.scaffold.names import Names


class Step(msgspec.Struct, frozen=True):
    """Something to do, and the lines that do it."""

    title: str
    commands: tuple[str, ...]


def steps(names: Names, folder: str, wheel: str | None) -> list[Step]:
    """The way from the files to a running server.

    `wheel` is the command that puts a notifyctl into the folder which is on no package index.
    """
    image, name, namespace = names.image, names.name, names.namespace
    in_a_registry = "/" in names.repository
    return [
        Step(
            "Build the image, and push it to where your machines find it"
            if in_a_registry
            else "Build the image (to push it, choose an --image with a registry)",
            (
                *([] if folder == "." else [f"cd {shlex.quote(folder)}"]),
                *([] if wheel is None else [wheel]),
                f"docker build --tag {image} .",
                *([f"docker push {image}"] if in_a_registry else []),
            ),
        ),
        Step(
            "Check the files, here and in continuous integration", ("notifyctl validate --strict",)
        ),
        Step(
            "Try it on this machine",
            (
                "docker compose up --detach",
                f"docker compose exec {name} notifyctl token issue alice",
            ),
        ),
        Step(
            "Run it on one machine, behind a proxy",
            (
                "notifyctl token keygen --out secrets/jwt_secret",
                "sudo chown 10001:10001 secrets/jwt_secret",
                "docker compose -f compose.yaml -f compose.production.yaml up --detach",
            ),
        ),
        Step(
            "Or on Kubernetes; kubernetes/README.md has the certificate, and several nodes",
            (
                f"kubectl create namespace {namespace}",
                f"notifyctl token keygen | kubectl create secret generic {name}-jwt"
                f" --namespace {namespace} --from-file=secret=/dev/stdin",
                "kubectl apply --kustomize kubernetes/overlays/one-node",
            ),
        ),
    ]


def wheel_command(python: str, direct_url: str | None) -> str | None:
    """How to get a wheel of the notifyctl that is installed here, if it came from no index.

    `direct_url` is the text of its `direct_url.json`, in which pip wrote where it came from.
    """
    if direct_url is None:
        return None
    origin = json.loads(direct_url)
    url: str = origin["url"]
    if url.startswith("file:"):
        source = unquote(urlsplit(url).path)
    elif vcs := origin.get("vcs_info"):
        source = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    else:
        source = url
    return f"{shlex.quote(python)} -m pip wheel --no-deps --wheel-dir . {shlex.quote(source)}"
