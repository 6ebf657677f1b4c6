"""Validation: the whole command, process start included, beside `python -c "import yaml"`."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from loadtests.bench.figures import Figure, most, ratio
from loadtests.bench.stage import Stage

PART: Final = "validation"
FEW: Final = 10
MANY: Final = 1000

# One workload in five documents, as people write them.
DOCUMENTS: Final = """\
# The service {name}.
apiVersion: v1
kind: Service
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  selector: {{app: {name}}}
  ports: [{{name: http, port: 80, targetPort: http}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, labels: {{app: {name}}}}}
spec:
  replicas: 2
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      securityContext: {{runAsNonRoot: true, runAsUser: 10001}}
      containers:
        - name: app
          image: registry.example.org/{name}:1.0
          ports: [{{name: http, containerPort: 8080}}]
          env: [{{name: LEVEL, value: info}}, {{name: REGION, value: north}}]
          readinessProbe: {{httpGet: {{path: /ready, port: http}}}}
          livenessProbe: {{httpGet: {{path: /alive, port: http}}, timeoutSeconds: 5}}
          resources: {{requests: {{cpu: 100m, memory: 64Mi}}, limits: {{memory: 64Mi}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{name: {name}}}
spec:
  maxUnavailable: 1
  selector: {{matchLabels: {{app: {name}}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}}}
data: {{level: info, region: north}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}}}
spec:
  rules:
    - host: {name}.example.org
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: {{service: {{name: {name}, port: {{number: 80}}}}}}
"""
EACH: Final = DOCUMENTS.count("---") + 1


def validation(stage: Stage, *, rounds: int = 15) -> list[Figure]:
    """How long the command takes for 10 and for 1,000 documents, all of them right."""
    few, many = (write(stage.folder / f"{count}-documents", count) for count in (FEW, MANY))
    commands = {
        "yaml": [sys.executable, "-c", "import yaml"],
        "few": [sys.executable, "-m", "notifyctl", "validate", str(few)],
        "many": [sys.executable, "-m", "notifyctl", "validate", str(many)],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        stage.tell(f"validation, round {number} of {rounds}")
        for name, command in commands.items():
            seconds = whole(command, stage.folder / "compiled")
            if number:  # The first round is the warm-up.
                times[name].append(seconds)
    return [
        Figure(
            part=PART,
            name=f"{FEW} documents, process start included",
            unit="ms",
            values=tuple(1000 * each for each in times["few"]),
            goal=most(150),
        ),
        Figure(
            part=PART,
            name=f"{MANY:,} documents",
            unit="s",
            values=tuple(times["many"]),
            goal=most(3),
        ),
        ratio(PART, f'{FEW} documents / python -c "import yaml"', times["few"], times["yaml"]),
        ratio(PART, f"{MANY:,} documents / {FEW} documents", times["many"], times["few"]),
    ]


def write(folder: Path, documents: int) -> Path:
    """Write so many documents, a workload to a file."""
    folder.mkdir()
    for number in range(documents // EACH):
        (folder / f"app-{number}.yaml").write_text(DOCUMENTS.format(name=f"app-{number}"))
    return folder


def whole(command: list[str], compiled: Path) -> float:
    """How long a process takes from its start to its end. Raises if it does not end with 0.

    Modules are `compiled` once and then found so, as after an installation.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(compiled)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)  # noqa: S603 - ours
    return time.perf_counter() - began
