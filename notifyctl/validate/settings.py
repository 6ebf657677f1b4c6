"""What the files are checked for: the service's ports, paths and times, and how strictly.

Defaults are notifyd's own. `notifyctl.toml` or `[tool.notifyctl.validate]` of `pyproject.toml`
changes them; an option of the command line goes before both.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535)]
Level = Literal["error", "warning", "info"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a rule may ask about. The text after each one is its manual page."""

    service: Annotated[
        tuple[str, ...],
        Meta(
            description="Names of images, compose services or workloads that hold long-lived "
            "connections, besides those that show it by themselves."
        ),
    ] = ()
    http_port: Annotated[Port, Meta(description="Where the service answers HTTP.")] = 8000
    ws_port: Annotated[Port, Meta(description="Where it holds its WebSockets.")] = 8001
    health_path: Annotated[str, Meta(description="What says whether it lives.")] = "/healthz"
    ready_path: Annotated[str, Meta(description="What says whether it is ready.")] = "/readyz"
    ws_path: Annotated[str, Meta(description="The path of the WebSocket.")] = "/ws"
    ws_subprotocol: Annotated[
        str, Meta(description="What clients offer at the upgrade; empty if they offer none.")
    ] = "notify.v1"
    max_message_bytes: Annotated[
        int, Meta(ge=1, description="The largest message that it takes from a client.")
    ] = 65_536
    drain_seconds: Annotated[
        float, Meta(ge=0, description="How long it says good-bye to its clients after SIGTERM.")
    ] = 20
    ping_seconds: Annotated[
        float, Meta(ge=0, description="How often it pings each connection.")
    ] = 25
    max_connections: Annotated[
        int, Meta(ge=1, description="How many connections one process holds at most.")
    ] = 10_000
    http_port_env: Annotated[str, Meta(description="The variable that moves its HTTP port.")] = (
        "NOTIFYD_HTTP_PORT"
    )
    ws_port_env: Annotated[
        str, Meta(description="The variable that moves its port for WebSockets.")
    ] = "NOTIFYD_WS_PORT"

    profile: Annotated[
        Literal["dev", "production"], Meta(description="How much is expected of the files.")
    ] = "dev"
    kubernetes_version: Annotated[
        str, Meta(description="The version to check manifests for; empty for the newest known.")
    ] = ""
    ingress_controller: Annotated[
        str,
        Meta(description="Who serves Ingresses that do not say it: `nginx`, `haproxy`, `alb` …"),
    ] = ""
    external_references: Annotated[
        bool,
        Meta(description="Whether Secrets, ConfigMaps and claims may come from elsewhere."),
    ] = True

    select: Annotated[
        tuple[str, ...], Meta(description="Only these rules, by their ids or families.")
    ] = ()
    ignore: Annotated[tuple[str, ...], Meta(description="All rules but these.")] = ()
    severity: Annotated[
        dict[str, Level], Meta(description="How bad the findings of a rule are: `{DF108: info}`.")
    ] = {}
    per_file_ignores: Annotated[
        dict[str, tuple[str, ...]],
        Meta(description="Rules that do not count for files of a pattern: `{'examples/*': [DF]}`."),
    ] = {}

    compose_files: Annotated[
        tuple[tuple[str, ...], ...],
        Meta(description="Compose files that belong together, where their names do not tell."),
    ] = ()
    images: Annotated[
        dict[str, str], Meta(description="Which Dockerfile an image is built from.")
    ] = {}
    exclude: Annotated[
        tuple[str, ...], Meta(description="Patterns of paths that are left out.")
    ] = ()

    @property
    def is_production(self) -> bool:
        """Whether the stricter profile holds."""
        return self.profile == "production"
