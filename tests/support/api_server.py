"""A stand-in for a Kubernetes API server: real sockets, its paths, and no cluster behind them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import msgspec
import yaml

# Where the kinds are that the stand-in knows: path of the version, plural, kind, namespaced.
RESOURCES = (
    ("/api/v1", "pods", "Pod", True),
    ("/api/v1", "services", "Service", True),
    ("/api/v1", "configmaps", "ConfigMap", True),
    ("/api/v1", "secrets", "Secret", True),
    ("/api/v1", "serviceaccounts", "ServiceAccount", True),
    ("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim", True),
    ("/api/v1", "namespaces", "Namespace", False),
    ("/api/v1", "nodes", "Node", False),
    ("/apis/apps/v1", "deployments", "Deployment", True),
    ("/apis/apps/v1", "statefulsets", "StatefulSet", True),
    ("/apis/apps/v1", "daemonsets", "DaemonSet", True),
    ("/apis/apps/v1", "replicasets", "ReplicaSet", True),
    ("/apis/batch/v1", "jobs", "Job", True),
    ("/apis/batch/v1", "cronjobs", "CronJob", True),
    ("/apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", True),
    ("/apis/networking.k8s.io/v1", "ingresses", "Ingress", True),
    ("/apis/networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", True),
    ("/apis/networking.k8s.io/v1", "ingressclasses", "IngressClass", False),
    ("/apis/policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", True),
    ("/apis/autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", True),
)
NAMESPACE = "notify"
TOKEN = "token-of-the-stand-in"


class Asked(msgspec.Struct, frozen=True):
    """One request that came."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str
    authorization: str


class Reply(msgspec.Struct, frozen=True):
    """What a dry run is answered with."""

    status: int
    body: dict[str, Any] = {}
    warnings: tuple[str, ...] = ()


class FakeCluster:
    """Answers lists, discovery and dry runs.

    `objects` are lists by plural; `statuses` what a plural or path is answered with instead;
    `replies` what a dry run of `METHOD Kind/name` is answered with.
    """

    def __init__(self) -> None:
        self.objects: dict[str, list[dict[str, Any]]] = {}
        self.statuses: dict[str, int] = {}
        self.replies: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self.page = 500
        self.url = ""

    def add(self, kind: str, *manifests: dict[str, Any]) -> Self:
        """Put objects of a kind into the cluster; as in a list, they do not say what they are."""
        plural = next(plural for _, plural, name, _ in RESOURCES if name == kind)
        for manifest in manifests:
            kept = {name: each for name, each in manifest.items() if name not in _SAID_BY_LIST}
            kept["metadata"] = {"namespace": NAMESPACE, **kept.get("metadata", {})}
            self.objects.setdefault(plural, []).append(kept)
        return self

    def add_yaml(self, text: str) -> Self:
        """Put the objects of a YAML text into the cluster."""
        for manifest in yaml.safe_load_all(text):
            self.add(manifest["kind"], manifest)
        return self

    def answer(self, asked: Asked) -> Reply:
        """What a request is answered with."""
        if asked.authorization != f"Bearer {TOKEN}":
            return _failure(401, "Unauthorized")
        if asked.path in self.statuses:
            return _failure(self.statuses[asked.path], f"no {asked.path} for you")
        if asked.path == f"/api/v1/namespaces/{NAMESPACE}":
            return Reply(200, {"metadata": {"name": NAMESPACE}})
        if asked.path.startswith("/api/v1/namespaces/") and asked.path.count("/") == 4:
            return _failure(404, "namespaces not found")
        if resources := [each for each in RESOURCES if each[0] == asked.path]:
            found = [{"name": p, "kind": k, "namespaced": n} for _, p, k, n in resources]
            return Reply(200, {"kind": "APIResourceList", "resources": found})
        for start, plural, _kind, namespaced in RESOURCES:
            inside = f"/namespaces/{NAMESPACE}" if namespaced else ""
            place = f"{start}{inside}/{plural}"
            if asked.path == place or asked.path.startswith(f"{place}/"):
                return self._answer_about(plural, asked)
        return _failure(404, "the server could not find the requested resource")

    def _answer_about(self, plural: str, asked: Asked) -> Reply:
        if plural in self.statuses:
            said = f'User "x" cannot list resource "{plural}"'
            if asked.method != "GET":
                said = f'User "x" cannot create resource "{plural}"'
            return _failure(self.statuses[plural], said)
        if asked.method == "GET":
            objects = self.objects.get(plural, [])
            start = int(asked.query.get("continue", "0"))
            end = start + self.page
            onward = {"continue": str(end)} if end < len(objects) else {}
            return Reply(200, {"metadata": onward, "items": objects[start:end]})
        body = asked.body
        key = f"{asked.method} {body['kind']}/{body['metadata']['name']}"
        created = 201 if asked.method == "POST" else 200
        return self.replies.get(key, Reply(created, body))


_SAID_BY_LIST = ("apiVersion", "kind")


def _failure(status: int, message: str) -> Reply:
    return Reply(status, {"kind": "Status", "status": "Failure", "message": message})


def refusal(status: int, message: str, *causes: tuple[str, str]) -> Reply:
    """A `Status` with the causes that the API server names: pairs of a field and a message."""
    named = [{"field": field, "message": said} for field, said in causes]
    details = {"details": {"causes": named}} if named else {}
    return Reply(status, {"kind": "Status", "message": message, **details})


@contextmanager
def fake_cluster() -> Iterator[FakeCluster]:
    """A stand-in that listens on the loopback as long as the block."""
    cluster = FakeCluster()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(
                self.command,
                parts.path,
                {name: values[0] for name, values in parse_qs(parts.query).items()},
                json.loads(self.rfile.read(length)) if length else None,
                self.headers.get("Content-Type", ""),
                self.headers.get("Authorization", ""),
            )
            cluster.asked.append(asked)
            reply = cluster.answer(asked)
            data = json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for warning in reply.warnings:
                quoted = warning.replace('"', '\\"')
                self.send_header("Warning", f'299 - "{quoted}"')
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for
        do_PATCH = do_GET  # noqa: N815

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cluster.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield cluster
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def write_kubeconfig(path: Path, url: str, *, token: str = TOKEN) -> str:
    """A kubeconfig with the context `test`, and `other`, whose namespace is not said."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "here", "cluster": {"server": url}}],
        "users": [{"name": "me", "user": {"token": token}}],
        "contexts": [
            {"name": "test", "context": {"cluster": "here", "user": "me", "namespace": NAMESPACE}},
            {"name": "other", "context": {"cluster": "here", "user": "me"}},
        ],
    }
    path.write_text(yaml.safe_dump(config))
    return str(path)
