"""Which Dockerfile makes which image."""

from notifyctl.validate.linking import socket_containers, socket_services
from notifyctl.validate.workspace import Workspace
from tests.support.manifests import pod
from tests.support.validating import workspace

OURS = 'FROM python:3.13-slim\nEXPOSE 8000 8001\nCMD ["notifyctl", "serve"]\n'
OTHER = 'FROM python:3.13-slim AS base\nCMD ["worker"]\n'


def of_service(files: dict[str, str], name: str) -> str | None:
    """The path of the Dockerfile of a service of the only project."""
    each = workspace(files)
    (project,) = each.projects
    found = each.links.of_service(project.services[name], each.settings)
    return found.source.name if found else None


def of_container(files: dict[str, str], **settings: object) -> str | None:
    """The path of the Dockerfile of the only container."""
    each = workspace(files, **settings)
    ((workload,),) = [found.workloads for found in each.sets]
    found = each.links.of_container(workload.containers[0], each.settings)
    return found.source.name if found else None


def test_compose_says_what_it_builds() -> None:
    files = {
        "api/Dockerfile": OTHER,
        "notify/Dockerfile": OURS,
        "compose.yaml": "services: {api: {build: ./api}, gone: {build: ./gone}}\n",
    }

    assert of_service(files, "api") == "api/Dockerfile"
    assert of_service(files, "gone") is None


def test_of_another_stage_than_the_last_nothing_is_known() -> None:
    compose = "services: {a: {build: {context: ., target: base}}, b: {build: {context: .}}}\n"
    files = {"Dockerfile": OTHER + "FROM base AS final\n", "compose.yaml": compose}

    assert of_service(files, "a") is None
    assert of_service(files, "b") == "Dockerfile"


def test_a_container_runs_what_compose_builds_under_its_name() -> None:
    files = {
        "api/Dockerfile": OTHER,
        "compose.yaml": "services: {api: {build: ./api, image: 'example/api:dev'}}\n",
        "pod.yaml": pod(image="example/api:1.2"),
    }

    assert of_container(files) == "api/Dockerfile"
    assert of_container(files | {"pod.yaml": pod(image="example/web:1.2")}) is None


def test_a_service_runs_what_another_project_builds_under_its_name() -> None:
    files = {
        "api/Dockerfile": OTHER,
        "build/compose.yaml": "services: {b: {build: ../api, image: 'example/api:dev'}}\n",
        "run/compose.yaml": "services: {r: {image: 'example/api:1.2'}}\n",
    }
    each = workspace(files)
    (runs,) = [
        found
        for project in each.projects
        for found in project.services.values()
        if found.name == "r"
    ]
    found = each.links.of_service(runs, each.settings)

    assert found is not None
    assert found.source.name == "api/Dockerfile"


def test_the_settings_say_what_makes_an_image() -> None:
    files = {"build/Dockerfile": OTHER, "pod.yaml": pod(image="example/api:1.2")}

    assert of_container(files) is None
    assert of_container(files, images={"example/api": "build/Dockerfile"}) == "build/Dockerfile"


def test_the_service_needs_no_name_where_one_dockerfile_alone_makes_it() -> None:
    files = {"Dockerfile": OURS, "api/Dockerfile": OTHER, "pod.yaml": pod()}

    assert of_container(files) == "Dockerfile"
    assert of_container(files | {"dev/Dockerfile": OURS}) is None


def test_an_image_that_two_dockerfiles_make_is_nobodys() -> None:
    build = "build: {context: .., dockerfile: Dockerfile.dev}"
    files = {
        "Dockerfile": OURS,
        "Dockerfile.dev": OTHER,
        "compose.yaml": "services: {a: {build: ., image: 'notifyctl:1'}}\n",
        "dev/compose.yaml": f"services: {{a: {{{build}, image: 'notifyctl:1'}}}}\n",
        "pod.yaml": pod(),
    }

    assert of_container(files) is None


def test_the_service_is_found_in_compose_and_kubernetes() -> None:
    each: Workspace = workspace(
        {
            "compose.yaml": "services: {n: {image: 'notifyctl:1'}, db: {image: 'redis:8'}}\n",
            "pod.yaml": pod(),
            "other.yaml": pod(image="redis:8").replace("notify", "redis"),
        }
    )

    assert [found.name for found in socket_services(each.projects, each.settings)] == ["n"]
    containers = socket_containers(each.sets, each.settings)
    assert [container.image for _, container in containers] == ["notifyctl:0.1.0"]
