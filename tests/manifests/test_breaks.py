"""Each way to break our own files is found by the rule that should, and by no other."""

from typing import Final, NamedTuple

import pytest

from tests.support.sources import ROOT
from tests.support.validating import findings

DEV: Final = "manifests/compose/compose.yaml"
PRODUCTION: Final = "manifests/compose/compose.production.yaml"
KUBERNETES: Final = "manifests/kubernetes"
DEPLOYMENT: Final = f"{KUBERNETES}/base/deployment.yaml"
SERVICE: Final = f"{KUBERNETES}/base/service.yaml"
POLICY: Final = f"{KUBERNETES}/base/network-policy.yaml"
BASE: Final = f"{KUBERNETES}/base/kustomization.yaml"
INGRESS: Final = f"{KUBERNETES}/components/ingress/ingress.yaml"
ROUTE: Final = f"{KUBERNETES}/components/gateway/http-route.yaml"
MONITOR: Final = f"{KUBERNETES}/components/metrics/service-monitor.yaml"
SEVERAL: Final = f"{KUBERNETES}/overlays/several-nodes"
ONE: Final = f"{KUBERNETES}/overlays/one-node"
SCALER: Final = f"{SEVERAL}/autoscaler.yaml"
BUDGET: Final = f"{SEVERAL}/disruption-budget.yaml"
NODES: Final = f"{SEVERAL}/deployment.yaml"
VALKEY: Final = f"{SEVERAL}/valkey/stateful-set.yaml"
IMAGE: Final = "Dockerfile"

FILES: Final = {
    str(path.relative_to(ROOT)): path.read_text()
    for path in [*(ROOT / "manifests").rglob("*.yaml"), ROOT / IMAGE]
}


class Break(NamedTuple):
    """Replace a text of a file by another one; `rules` are those that must find something."""

    file: str
    old: str
    new: str
    rules: str


BREAKS: Final = [
    # Files that cannot be read, or are not what they should be.
    Break(SERVICE, "spec:\n", "spec:\n\t", "NV001"),
    Break(SERVICE, "  ports:\n", "  selector: {}\n  ports:\n", "NV001"),
    Break(DEPLOYMENT, "livenessProbe:", "livenessprobe:", "NV002 K8302"),
    Break(DEPLOYMENT, "containerPort: 8001", "containerport: 8001", "NV002"),
    Break(SCALER, "maxReplicas: 6", "maxReplicas: six", "NV002"),
    Break(SCALER, "autoscaling/v2\n", "autoscaling/v2beta2\n", "NV004"),
    Break(DEV, "interval: 30s", "interval: 30", "NV003"),
    Break(DEV, "    volumes:\n      - data:/data", "    volumes:\n      - date:/data", "NV003"),
    # The image.
    Break(IMAGE, "EXPOSE 8000 8001", "EXPOSE 8000", "DF101 XF401 XF402"),
    Break(IMAGE, "EXPOSE 8000 8001", "EXPOSE 8000, 8001", "DF102"),
    Break(IMAGE, "HEALTHCHECK --interval", "# HEALTHCHECK --interval", "DF103"),
    Break(IMAGE, "'NOTIFYD_HTTP_PORT', '8000'", "'NOTIFYD_HTTP_PORT', '8080'", "DF104 XF407"),
    Break(IMAGE, "'/healthz'", "'/health'", "DF104 XF407"),
    Break(IMAGE, "USER 10001:10001", "USER root", "DF105"),
    Break(IMAGE, "USER 10001:10001", "USER app", "DF106"),
    Break(IMAGE, 'ENTRYPOINT ["notifyctl"]\nCMD ["serve"]', "CMD notifyctl serve", "DF107"),
    Break(IMAGE, "STOPSIGNAL SIGTERM", "STOPSIGNAL SIGKILL", "DF107"),
    Break(IMAGE, "python:${PYTHON_VERSION}-slim\nLABEL", "python\nLABEL", "DF108"),
    Break(IMAGE, "NOTIFYD_DATA_DIR=/data", "NOTIFYD_JWT_SECRET=c0ffee5ba5eba11", "DF109"),
    Break(IMAGE, "NOTIFYD_HOST=0.0.0.0", "NOTIFYD_HOST=127.0.0.1", "DF110"),
    Break(IMAGE, "NOTIFYD_DATA_DIR=/data", "NOTIFYD_WS_PORT=9001", "XF406"),
    # Compose.
    Break(DEV, '      - "127.0.0.1:8001:8001"\n', "", "CO201"),
    Break(DEV, "127.0.0.1:8001:8001", "127.0.0.1:8000:8001", "CO202"),
    Break(DEV, "127.0.0.1:8001:8001", "127.0.0.1:8001:9001", "CO201 XF401"),
    Break(DEV, "      interval: 30s", "      disable: true\n      interval: 30s", "CO204"),
    Break(DEV, '127.0.0.1", 8000, t', '127.0.0.1", 8080, t', "CO205 XF407"),
    Break(DEV, "interval: 30s", "interval: 5s", "CO205"),
    Break(DEV, "stop_grace_period: 40s", "stop_grace_period: 15s", "CO207"),
    Break(DEV, "    stop_grace_period: 40s\n", "", "CO207"),
    Break(
        PRODUCTION,
        "NOTIFYD_JWT_SECRET_FILE: /run/secrets/jwt_secret",
        "NOTIFYD_JWT_SECRET: c0ffee5ba5eba11c0ffee5ba5eba11",
        "CO208",
    ),
    Break(DEV, "image: notifyctl:0.1.0", "image: notifyctl", "CO209"),
    Break(PRODUCTION, 'NOTIFYD_MAX_CONNECTIONS: "10000"', "LEVEL: ${LEVEL}", "CO210"),
    Break(PRODUCTION, "    restart: unless-stopped\n", "", "CO211"),
    Break(PRODUCTION, "    build: !reset null\n", "    volumes: [./src:/app]\n", "CO211"),
    # Probes.
    Break(DEPLOYMENT, "readinessProbe:", "x: # readinessProbe:", "K8301 NV002"),
    Break(
        DEPLOYMENT,
        "path: /readyz\n              port: http",
        "path: /readyz\n              port: web",
        "K8303",
    ),
    Break(DEPLOYMENT, "path: /readyz", "path: /healthz", "K8304"),
    Break(
        DEPLOYMENT,
        "path: /readyz\n              port: http",
        "path: /ready\n              port: ws",
        "K8305",
    ),
    Break(
        DEPLOYMENT,
        "periodSeconds: 20\n            timeoutSeconds: 5",
        "periodSeconds: 2\n            timeoutSeconds: 5",
        "K8306",
    ),
    # The end of a pod, and its replacement.
    Break(
        DEPLOYMENT,
        "terminationGracePeriodSeconds: 45",
        "terminationGracePeriodSeconds: 25",
        "K8307",
    ),
    Break(DEPLOYMENT, '"20"', '"60"', "K8307 XF409"),
    Break(
        DEPLOYMENT,
        "          lifecycle:\n            preStop:\n",
        "          x-lifecycle:\n            preStop:\n",
        "K8308 NV002",
    ),
    Break(NODES, "maxUnavailable: 0", "maxUnavailable: 50%", "K8309"),
    Break(f"{SEVERAL}/kustomization.yaml", "  - autoscaler.yaml\n", "", "K8310"),
    Break(BUDGET, "      app.kubernetes.io/name: notifyd", "      app: notifyd", "K8311 XF404"),
    Break(BUDGET, "maxUnavailable: 1", "maxUnavailable: 0", "K8312"),
    Break(BUDGET, "maxUnavailable: 1", "minAvailable: 2", "K8312"),
    Break(SCALER, "stabilizationWindowSeconds: 600", "stabilizationWindowSeconds: 0", "K8321"),
    Break(NODES, "  strategy:\n", "  replicas: 3\n  strategy:\n", "K8321"),
    # What a pod may do.
    Break(
        DEPLOYMENT, "runAsNonRoot: true\n        runAsUser: 10001", "runAsUser: 0", "K8313 XF409"
    ),
    Break(DEPLOYMENT, "      enableServiceLinks: false", "      hostNetwork: true", "K8314"),
    Break(DEPLOYMENT, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "K8315"),
    Break(DEPLOYMENT, "drop: [ALL]", "drop: [NET_RAW]", "K8315"),
    Break(
        DEPLOYMENT,
        "            limits:\n              memory: 512Mi\n",
        "",
        "K8316",
    ),
    Break(VALKEY, "valkey:8.1-alpine", "valkey", "K8317"),
    Break(BASE, 'newTag: "0.1.0"', "newTag: latest", "K8317 XF409"),
    Break(
        DEPLOYMENT,
        "NOTIFYD_JWT_SECRET_FILE\n              value: /run/secrets/jwt/secret",
        "NOTIFYD_JWT_SECRET\n              value: c0ffee5ba5eba11c0ffee5ba5eba11",
        "K8318",
    ),
    Break(
        DEPLOYMENT,
        "    metadata:\n      labels:\n        app.kubernetes.io/name: notifyd",
        "    metadata:\n      labels:\n        app.kubernetes.io/name: notifyd-2",
        "K8311 K8320 K8322 XF404",
    ),
    # Ways in.
    Break(POLICY, "          port: 8001", "          port: 9001", "K8322"),
    Break(BASE, "  - network-policy.yaml\n", "", "K8322"),
    Break(INGRESS, '    nginx.org/proxy-read-timeout: "3600s"\n', "", "K8323"),
    Break(INGRESS, 'read-timeout: "3600s"', 'read-timeout: "20s"', "K8323 XF408"),
    Break(INGRESS, "websocket-services: notifyd", "websocket-services: other", "K8323"),
    Break(ROUTE, "request: 0s", "request: 60s", "K8323"),
    Break(INGRESS, 'read-timeout: "3600s"', "read-timeout: 3600", "K8324"),
    Break(
        INGRESS,
        "  tls:\n    - hosts: [notify.example.org]\n      secretName: notifyd-tls\n",
        "",
        "K8325",
    ),
    # One against the other.
    Break(SERVICE, "targetPort: ws", "targetPort: wss", "XF403"),
    Break(
        SERVICE, "    app.kubernetes.io/name: notifyd\n  ports", "    app: notify\n  ports", "XF404"
    ),
    Break(
        SCALER, "    name: notifyd\n  minReplicas", "    name: notify\n  minReplicas", "K8310 XF404"
    ),
    Break(
        MONITOR,
        "      app.kubernetes.io/name: notifyd\n  endpoints",
        "      app: notifyd\n  endpoints",
        "XF404",
    ),
    Break(
        INGRESS,
        "                name: notifyd\n                port:\n                  name: ws",
        "                name: notify\n                port:\n                  name: ws",
        "XF405",
    ),
    Break(INGRESS, "                  name: ws", "                  name: http", "XF405"),
    Break(ROUTE, "port: 8001", "port: 9001", "XF405"),
    Break(DEPLOYMENT, "containerPort: 8001", "containerPort: 9001", "XF402"),
    Break(
        DEPLOYMENT,
        "path: /healthz\n              port: http\n            periodSeconds: 20",
        "path: /\n              port: http\n            periodSeconds: 20",
        "XF407",
    ),
    Break(DEPLOYMENT, "runAsUser: 10001", "runAsUser: 1000", "XF409"),
    Break(BASE, 'newTag: "0.1.0"', 'newTag: "0.2.0"', "XF409"),
    Break(DEPLOYMENT, "serviceAccountName: notifyd", "serviceAccountName: notify", "XF410"),
    Break(f"{ONE}/deployment.yaml", "claimName: notifyd-data", "claimName: data", "XF410"),
]


def rules_found(files: dict[str, str]) -> set[str]:
    return {
        finding.rule
        for finding in findings(files, profile="production")
        if finding.ignored is None and finding.severity != "info"
    }


def test_our_own_files_are_right() -> None:
    assert rules_found(FILES) == set()


def test_there_are_many_ways() -> None:
    assert len(BREAKS) >= 60


@pytest.mark.parametrize("way", BREAKS, ids=lambda way: f"{way.rules}: {way.new[:30].strip()}")
def test_a_break_is_found_by_its_rule_and_by_no_other(way: Break) -> None:
    text = FILES[way.file]
    assert way.old in text, "the file has changed: so must this way to break it"
    broken = FILES | {way.file: text.replace(way.old, way.new, 1)}

    assert rules_found(broken) == set(way.rules.split())
