"""A namespace of a cluster in which all is well, and ways to make it otherwise."""

from datetime import date
from typing import Any, Final

import yaml

from notifyctl.validate.check import chosen_rules, findings_about
from notifyctl.validate.cluster.cluster import Cluster
from notifyctl.validate.cluster.objects import manifest_of
from notifyctl.validate.finding import Finding
from notifyctl.validate.kubernetes import Manifest
from notifyctl.validate.kubernetes.manifest_set import assemble
from notifyctl.validate.settings import Settings

TODAY: Final = date(2026, 6, 1)
APART: Final = ("EndpointSlice", "IngressClass", "Node")

GOOD: Final = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify, generation: 3}
spec:
  replicas: 2
  selector: {matchLabels: {app: notify}}
  template:
    metadata: {labels: {app: notify}}
    spec:
      terminationGracePeriodSeconds: 60
      containers:
        - name: notify
          image: registry.example.org/notifyd:1.4.2
          ports: [{name: http, containerPort: 8000}, {name: ws, containerPort: 8001}]
          env:
            - name: NOTIFYD_JWT_SECRET
              valueFrom: {secretKeyRef: {name: notify, key: jwt-secret}}
          envFrom: [{configMapRef: {name: notify}}]
          readinessProbe: {httpGet: {path: /readyz, port: http}}
          livenessProbe: {httpGet: {path: /healthz, port: http}, periodSeconds: 10}
status: {observedGeneration: 3, replicas: 2, updatedReplicas: 2, availableReplicas: 2}
---
apiVersion: v1
kind: Pod
metadata:
  name: notify-1
  labels: {app: notify}
  ownerReferences: [{kind: ReplicaSet, controller: true}]
spec: {nodeName: one, containers: [{name: notify, image: notifyd}]}
status:
  phase: Running
  containerStatuses: [{name: notify, restartCount: 1, state: {running: {}}, lastState: {}}]
---
apiVersion: v1
kind: Pod
metadata:
  name: notify-2
  labels: {app: notify}
  ownerReferences: [{kind: ReplicaSet, controller: true}]
spec: {nodeName: two, containers: [{name: notify, image: notifyd}]}
status:
  phase: Running
  containerStatuses: [{name: notify, restartCount: 0, state: {running: {}}, lastState: {}}]
---
apiVersion: v1
kind: Service
metadata: {name: notify}
spec:
  selector: {app: notify}
  ports: [{name: http, port: 80, targetPort: http}, {name: ws, port: 81, targetPort: ws}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: notify-x, labels: {kubernetes.io/service-name: notify}}
endpoints: [{addresses: [10.0.0.1], conditions: {ready: true}}]
ports: [{name: http, port: 8000}, {name: ws, port: 8001}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: notify, annotations: {nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"}}
spec: {ingressClassName: nginx, tls: [{secretName: notify}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: notify}
data: {NOTIFYD_DRAIN_SECONDS: "20"}
---
apiVersion: v1
kind: Secret
metadata: {name: notify}
data: {jwt-secret: c2VjcmV0LW9mLXRoZS1jbHVzdGVy}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: notify}
spec: {minAvailable: 1, selector: {matchLabels: {app: notify}}}
status: {disruptionsAllowed: 1, expectedPods: 2}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
---
apiVersion: v1
kind: Node
metadata: {name: one}
---
apiVersion: v1
kind: Node
metadata: {name: two}
"""


def changed(*changes: tuple[str, str]) -> str:
    """The good namespace with some words of it replaced; each of them has to be there."""
    text = GOOD
    for old, new in changes:
        assert old in text, f"{old!r} is not in the good namespace"
        text = text.replace(old, new)
    return text


def cluster_of(text: str, **values: Any) -> Cluster:
    """The namespace that a text describes, as it is read from an API server."""
    found: dict[str, list[Manifest]] = {}
    for live in yaml.safe_load_all(text):
        kind, version = live.pop("kind"), live.pop("apiVersion")
        live["metadata"].setdefault("namespace", "notify")
        manifest = manifest_of(kind, version, live)
        assert manifest is not None
        found.setdefault(kind, []).append(manifest)
    apart = (*APART, "Pod")
    made = [each for kind, some in found.items() if kind not in apart for each in some]
    return Cluster(
        "notify",
        assemble("cluster:notify", made),
        pods=found.get("Pod", []),
        endpoint_slices=found.get("EndpointSlice", []),
        ingress_classes=found.get("IngressClass", []),
        nodes=found.get("Node", []),
        **values,
    )


def found_in(subject: object, **settings: Any) -> list[Finding]:
    """What the rules for clusters say about a cluster, or about an answer."""
    chosen = Settings(**settings)
    rules = [each for each in chosen_rules(chosen).values() if each.id.startswith("CL")]
    return findings_about([subject], rules, chosen)
