"""What the files are checked for: the service's ports, paths and times, and how strictly.

Defaults are notifyd's own. `notifyctl.toml` or `[tool.notifyctl.validate]` of `pyproject.toml`
changes them; an option of the command line goes before both.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65535)]
Seconds = Annotated[float, Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything a rule may ask about. Times are seconds."""

    # The service that the rules for long-lived connections are about.
    http_port: Port = 8000
    ws_port: Port = 8001
    health_path: str = "/healthz"
    ready_path: str = "/readyz"
    ws_path: str = "/ws"
    # What clients offer at the upgrade; empty if they offer none.
    ws_subprotocol: str = "notify.v1"
    max_message_bytes: Annotated[int, Meta(ge=1)] = 65_536
    drain_seconds: Seconds = 20
    ping_seconds: Seconds = 25
    max_connections: int = 10_000
    http_port_env: str = "NOTIFYD_HTTP_PORT"
    ws_port_env: str = "NOTIFYD_WS_PORT"
    # Names of images, compose services or workloads that are this service, besides those that
    # show it by what they run, by their ports or by a label.
    service: tuple[str, ...] = ()

    # Where it runs.
    profile: Literal["dev", "production"] = "dev"
    kubernetes_version: str = ""
    ingress_controller: str = ""
    # Whether Secrets, ConfigMaps and claims may come from elsewhere than the files.
    external_references: bool = True

    # Which findings count.
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: dict[str, Literal["error", "warning", "info"]] = {}
    per_file_ignores: dict[str, tuple[str, ...]] = {}

    # Which files belong together, where their names do not tell.
    compose_files: tuple[tuple[str, ...], ...] = ()
    # Which Dockerfile an image is built from.
    images: dict[str, str] = {}
    exclude: tuple[str, ...] = ()

    @property
    def is_production(self) -> bool:
        """Whether the stricter profile holds."""
        return self.profile == "production"
