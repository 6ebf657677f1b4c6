"""The way to an API server: through a kubeconfig's context, or from inside a cluster."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import urlencode

import msgspec

from notifyctl.errors import ClusterUnreachable
from notifyctl.validate.cluster.answers import Answer

if TYPE_CHECKING:
    from kubernetes.client import Configuration

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 30.0
APPLY: Final = "application/apply-patch+yaml"
_IN_CLUSTER: Final = "KUBERNETES_SERVICE_HOST"
_IN_CLUSTER_NAMESPACE: Final = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"


class ApiServer:
    """Sends requests to an API server and gives back the raw JSON: its types are many, and slow."""

    def __init__(self, configuration: "Configuration", namespace: str, name: str) -> None:
        from kubernetes.client import ApiClient

        self.namespace = namespace
        self.name = name
        self._configuration = configuration
        self._client = ApiClient(configuration)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.rest_client.pool_manager.clear()

    def get(self, path: str, **query: str) -> Answer:
        """Read something. Raises `ClusterUnreachable`."""
        return self._send("GET", path, query, None, None)

    def create(self, path: str, body: Mapping[str, Any], **query: str) -> Answer:
        """Create something. Raises `ClusterUnreachable`."""
        return self._send("POST", path, query, body, "application/json")

    def apply(self, path: str, body: Mapping[str, Any], **query: str) -> Answer:
        """Apply something (server-side apply). Raises `ClusterUnreachable`."""
        return self._send("PATCH", path, query, body, APPLY)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        kind: str | None,
    ) -> Answer:
        import urllib3

        headers = {"Accept": "application/json", "User-Agent": "notifyctl"}
        settings: dict[str, Any] = dict(self._configuration.auth_settings())
        headers |= {each["key"]: each["value"] for each in settings.values() if each["value"]}
        if kind:
            headers["Content-Type"] = kind
        url = f"{self._configuration.host}{path}{'?' if query else ''}{urlencode(query)}"
        try:
            # The client's own calls changed their arguments between its versions; its pool, which
            # holds the certificates and the proxy, did not.
            response = self._client.rest_client.pool_manager.request(
                method,
                url,
                headers=headers,
                body=None if body is None else msgspec.json.encode(body),
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise ClusterUnreachable(reason=f"{self.name} {_why(error)}") from None
        answer = Answer(
            response.status, _object(response.data), _warnings(response.headers.getlist("Warning"))
        )
        if answer.status == 401:
            why = f"{self.name} refused your credentials (401); log in again"
            raise ClusterUnreachable(reason=why)
        return answer


def connect(context: str | None, kubeconfig: str | None = None) -> ApiServer:
    """Find the way to a cluster: the context of a kubeconfig, or the cluster that this runs in.

    Raises `ClusterUnreachable`.
    """
    try:
        from kubernetes.client import Configuration
        from kubernetes.config import ConfigException, load_incluster_config, load_kube_config
    except ImportError:
        missing = "the package is missing; run `pip install 'notifyctl[kubernetes]'`"
        raise ClusterUnreachable(reason=missing) from None
    configuration = Configuration()
    file = kubeconfig or os.environ.get("KUBECONFIG") or None
    if file is None and context is None and _IN_CLUSTER in os.environ:
        try:
            load_incluster_config(configuration)  # type: ignore[no-untyped-call]
        except (ConfigException, OSError) as error:
            raise ClusterUnreachable(
                reason=f"its service account cannot be used: {error}"
            ) from None
        return ApiServer(configuration, _own_namespace(), "the cluster that this runs in")
    known = _contexts(file)
    chosen = context or known.current
    if chosen not in known.namespaces:
        there = (
            f"there are {', '.join(sorted(known.namespaces))}" if known.namespaces else "none is"
        )
        raise ClusterUnreachable(
            reason=f"the kubeconfig has no context {chosen!r}; {there}; choose with --kube-context"
        )
    try:
        load_kube_config(file, chosen, configuration)  # type: ignore[no-untyped-call]
    except (ConfigException, OSError, ValueError, TypeError, AttributeError) as error:
        raise ClusterUnreachable(reason=f"the context {chosen!r} cannot be used: {error}") from None
    return ApiServer(configuration, known.namespaces[chosen], f"the cluster of context {chosen!r}")


class _Contexts(NamedTuple):
    current: str
    namespaces: Mapping[str, str]


def _contexts(file: str | None) -> _Contexts:
    """The contexts of a kubeconfig, and their namespaces."""
    import yaml
    from kubernetes.config import ConfigException, list_kube_config_contexts

    try:
        contexts, current = list_kube_config_contexts(file)  # type: ignore[no-untyped-call]
        namespaces = {
            str(each["name"]): str((each["context"] or {}).get("namespace") or "default")
            for each in contexts
        }
        return _Contexts(str(current["name"]) if current else "", namespaces)
    except (ConfigException, yaml.YAMLError, OSError, ValueError, TypeError, KeyError) as error:
        said = " ".join(str(error).split()).rstrip(".")
        raise ClusterUnreachable(
            reason=f"no kubeconfig can be used ({said}); set KUBECONFIG or log in to a cluster"
        ) from None


def _own_namespace() -> str:
    try:
        with open(_IN_CLUSTER_NAMESPACE, encoding="utf-8") as file:
            return file.read().strip() or "default"
    except OSError:
        return "default"


def _object(data: bytes) -> dict[str, Any]:
    try:
        read = msgspec.json.decode(data)
    except msgspec.DecodeError:
        return {}
    return read if isinstance(read, dict) else {}


def _warnings(headers: list[str]) -> tuple[str, ...]:
    """The texts of `Warning: 299 - "..."`."""
    quoted = (header.partition('"')[2].rpartition('"')[0] for header in headers)
    return tuple(text.replace('\\"', '"') for text in quoted if text)


def _why(error: Exception) -> str:
    import urllib3

    match error:
        case urllib3.exceptions.SSLError() if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return "has a certificate that your kubeconfig does not trust"
        case urllib3.exceptions.SSLError():
            return "does not speak TLS as expected; check the address in the kubeconfig"
        case urllib3.exceptions.NameResolutionError():
            return "has an address that cannot be found; check the kubeconfig or your network"
        case urllib3.exceptions.ConnectTimeoutError() | urllib3.exceptions.NewConnectionError():
            return "does not answer; check that it runs and that you can reach it"
        case urllib3.exceptions.TimeoutError():
            return f"did not answer within {READ_SECONDS:g} s; try again"
        case _:
            return "broke off the connection; check the address in the kubeconfig"
