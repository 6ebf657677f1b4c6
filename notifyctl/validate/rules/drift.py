"""Rules about the same service in compose and in Kubernetes: where the two have drifted apart."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.compose import Service
from notifyctl.validate.durations import seconds
from notifyctl.validate.finding import Problem, Related
from notifyctl.validate.image import read_image
from notifyctl.validate.kubernetes import Container, ManifestSet
from notifyctl.validate.kubernetes.environment import names_of_variables, variable_of
from notifyctl.validate.linking import socket_containers, socket_services
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.workspace import Workspace

_DRAIN: Final = "NOTIFYD_DRAIN_SECONDS"
_KEYS: Final = "NOTIFYD_JWT_"
# What makes the keys, or says where they are.
_ENOUGH: Final = ("NOTIFYD_GENERATE_SECRET", "NOTIFYD_CONFIG")


@rule("XF409", "warning")
def deployments_drifted_apart(workspace: Workspace, settings: Settings) -> Iterator[Problem]:
    """The service is deployed twice, in different versions or as different users.

    Compared are compose for production and Kubernetes: the tag of the same image, the drain,
    whether the keys for tokens are given, and what can be written where the image cannot; and the
    user of the image with the one of the pod, whose files on a volume would belong to somebody
    else.

    Nearest elsewhere: nothing.

    Bad::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 1000}
          containers: [{name: notify, image: "notifyctl:0.1.0"}]

    Good::

        # file: Dockerfile
        FROM python:3.13-slim
        USER 10001
        EXPOSE 8000 8001
        CMD ["notifyctl", "serve"]
        # file: pod.yaml
        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 10001}
          containers: [{name: notify, image: "notifyctl:0.1.0"}]
    """
    services = [
        each for each in socket_services(workspace.projects, settings) if each.project.is_production
    ]
    for manifests, container in socket_containers(workspace.sets, settings):
        yield from _other_user(container, workspace, settings)
        for service in services:
            yield from _other_tag(container, service)
            yield from _other_drain(container, service, manifests)
            yield from _without_keys(container, service, manifests)
            yield from _less_to_write(container, service)


def _other_user(
    container: Container, workspace: Workspace, settings: Settings
) -> Iterator[Problem]:
    image = workspace.links.of_container(container, settings)
    own = container.node["securityContext"]["runAsUser"]
    user = own if own.exists else container.workload.pod["securityContext"]["runAsUser"]
    if image is None or image.user is None or image.user.text is None or user.integer is None:
        return
    number = image.user.text.partition(":")[0]
    if number.isdecimal() and number != str(user.integer):
        yield Problem(
            f"the pod runs as user {user.integer}, and the image is made for user {number}",
            user,
            related=(Related(image.user.span, "the image's user"),),
            help=f"use `runAsUser: {number}`",
            note="files that belong to one cannot be written by the other",
            about=container.about,
        )


def _other_tag(container: Container, service: Service) -> Iterator[Problem]:
    mine, theirs = read_image(container.image), read_image(service.image or "")
    written = service.node["image"]
    if mine is None or theirs is None or mine.repository != theirs.repository:
        return
    if "$" in written.span.text:
        return  # Somebody outside chooses the version.
    if mine.tag and theirs.tag and mine.tag != theirs.tag:
        yield Problem(
            f"Kubernetes runs `{mine.name}` in version {mine.tag}, and compose in {theirs.tag}",
            container.node["image"],
            related=(Related(written.span, "another version"),),
            help="use the same version",
            about=container.about,
        )


def _other_drain(
    container: Container, service: Service, manifests: ManifestSet
) -> Iterator[Problem]:
    mine = variable_of(container, _DRAIN, manifests)
    theirs = service.environment.get(_DRAIN)
    if not (mine and theirs and mine.text and theirs.text):
        return
    here, there = seconds(mine.text, bare=1), seconds(theirs.text, bare=1)
    if here is not None and there is not None and here != there:
        yield Problem(
            f"the drain takes {mine.text} here, and {theirs.text} under compose",
            mine.span,
            related=(Related(theirs.span, "another time"),),
            help="use the same, and give both enough grace",
            about=container.about,
        )


def _without_keys(
    container: Container, service: Service, manifests: ManifestSet
) -> Iterator[Problem]:
    """Compose gives the keys for tokens, and Kubernetes none at all."""
    given = [value for name, value in service.environment.items() if name.startswith(_KEYS)]
    names = names_of_variables(container, manifests)
    is_given = names is None or any(name.startswith((*_ENOUGH, _KEYS)) for name in names)
    if given and not is_given and not container.words:
        yield Problem(
            f"container `{container.name}` is given no keys for tokens",
            container.node["env"],
            related=(Related(given[0].span, "compose gives them here"),),
            help="set `NOTIFYD_JWT_SECRET_FILE` or a public key, from a Secret",
            note="the server does not start without them",
            about=container.about,
        )


def _less_to_write(container: Container, service: Service) -> Iterator[Problem]:
    """What the service may write under compose, and not here, where its image cannot be written."""
    read_only = container.node["securityContext"]["readOnlyRootFilesystem"]
    if not (read_only.is_true and service.node["read_only"].is_true):
        return
    here = [item["mountPath"].string for item in container.node["volumeMounts"].items]
    for item in service.node["tmpfs"].items or [service.node["tmpfs"]]:
        path = item.string.partition(":")[0].rstrip("/")
        if (
            path.startswith("/")
            and "$" not in path
            and not any(_is_below(path, each) for each in here)
        ):
            yield Problem(
                f"the service can write to `{path}` under compose, and not here",
                read_only,
                related=(Related(item.span, "can be written under compose"),),
                help=f"mount an `emptyDir` at `{path}`",
                about=container.about,
            )


def _is_below(path: str, folder: str) -> bool:
    folder = folder.rstrip("/")
    return path == folder or path.startswith(folder + "/")
