"""Rules about what a container may do to the machine that it runs on."""

from collections.abc import Iterator
from typing import Final

from notifyctl.validate.finding import Problem, Related, Severity
from notifyctl.validate.kubernetes import Container, Workload
from notifyctl.validate.rule import rule
from notifyctl.validate.settings import Settings
from notifyctl.validate.tree import Node

_HOST_NAMESPACES: Final = ("hostNetwork", "hostPID", "hostIPC")
_RUNTIME_SOCKETS: Final = ("docker.sock", "containerd.sock", "crio.sock")
_AS_GOOD_AS_ROOT: Final = frozenset({"ALL", "SYS_ADMIN", "CAP_SYS_ADMIN"})


@rule("K8313", "error")
def container_that_may_be_root(container: Container, settings: Settings) -> Iterator[Problem]:
    """A container may run as root, or says both that it must not and that it does.

    Who breaks out of a process of root is root on the machine. `runAsNonRoot` and `runAsUser` are
    looked for in the container and in its pod; what the container says wins.

    Other workloads than the notification service are asked only under the profile for production,
    where it is a warning: their images may have a user of their own. `runAsNonRoot: true` with user
    0 is an error everywhere, for Kubernetes never starts it.

    Nearest elsewhere: kube-linter `run-as-non-root`, polaris `runAsRootAllowed`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          securityContext: {runAsNonRoot: true, runAsUser: 10001}
          containers:
            - name: notify
              image: notifyctl:0.1.0
    """
    if runs_on_windows(container.workload):
        return
    user, non_root = (effective(container, key) for key in ("runAsUser", "runAsNonRoot"))
    if non_root.is_true and user.integer == 0:
        yield Problem(
            f"container `{container.name}` must not run as root, and its user is root",
            user,
            related=(Related(non_root.span, "must not be root"),),
            help="give it another user, such as `runAsUser: 10001`",
            note="Kubernetes never starts it",
        )
        return
    is_service = container.holds_sockets(settings)
    if not (is_service or settings.is_production):
        return
    if not non_root.is_true and (user.integer == 0 or not user.exists):
        wrong = next((node for node in (user, non_root) if node.exists), container.node.head)
        yield Problem(
            f"container `{container.name}` "
            + ("runs as root" if user.integer == 0 else "may run as root"),
            wrong,
            help="add `securityContext: {runAsNonRoot: true, runAsUser: 10001}`",
            note="who breaks out of it is root on the machine",
            severity=None if is_service else Severity.WARNING,
        )


@rule("K8314", "error")
def power_over_the_host(workload: Workload, settings: Settings) -> Iterator[Problem]:
    """A pod has power over the machine that it runs on.

    It is privileged, or shares a namespace of the host, its ports, or the socket of the container
    runtime. A port of the host is also a port that only one pod per node can have.

    Agents that run on every node (a DaemonSet, or the namespace `kube-system`) are there for that:
    they are asked only under the profile for production, as a warning. So is, in development,
    everything but the notification service.

    Nearest elsewhere: kube-linter `privileged-container`, `docker-sock`, `host-network`.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              securityContext: {privileged: true}

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0
              securityContext: {privileged: false}
    """
    is_agent = workload.kind == "DaemonSet" or workload.namespace == "kube-system"
    if is_agent and not settings.is_production:
        return
    weighs = workload.holds_sockets(settings) or (settings.is_production and not is_agent)
    for message, place, note in _powers(workload):
        yield Problem(
            message,
            place,
            help="remove it",
            note=note,
            severity=None if weighs else Severity.WARNING,
        )


def _powers(workload: Workload) -> Iterator[tuple[str, Node, str]]:
    """What gives a pod power: a message, the place, and what can happen."""
    pod = workload.pod
    shares_network = pod["hostNetwork"].is_true
    for key in _HOST_NAMESPACES:
        if pod[key].is_true:
            yield f"the pod uses `{key}`", pod[key], "it sees and reaches what is the machine's own"
    for volume in pod["volumes"].items:
        path = volume["hostPath"]["path"]
        if path.string.endswith(_RUNTIME_SOCKETS):
            message = f"the pod has the socket of the container runtime, `{path.string}`"
            yield message, path, "whoever can write to it is root on the machine"
    for container in workload.every_container:
        context = container.node["securityContext"]
        if context["privileged"].is_true:
            message = f"container `{container.name}` is privileged"
            yield message, context["privileged"], "it is root on the machine"
        for capability in context["capabilities"]["add"].items:
            if capability.string.upper() in _AS_GOOD_AS_ROOT:
                message = f"container `{container.name}` has the capability `{capability.string}`"
                yield message, capability, "it is as good as root on the machine"
        for port in container.ports:
            # In the host's network every port is one of the host, and Kubernetes fills it in.
            if port.node["hostPort"].integer and not shares_network:
                taken = port.node["hostPort"]
                message = f"container `{container.name}` takes port {taken.string} of the machine"
                yield message, taken, "only one such pod fits on a node"


@rule("K8315", "warning")
def missing_hardening(container: Container, settings: Settings) -> Iterator[Problem]:
    """A container keeps rights that it does not need.

    One finding names all that is missing: `allowPrivilegeEscalation: false`,
    `readOnlyRootFilesystem: true` (with an `emptyDir` where it writes), `capabilities: {drop:
    [ALL]}`, `seccompProfile: {type: RuntimeDefault}` here or for the pod, and
    `automountServiceAccountToken: false` for a pod that has no service account of its own. The
    notification service needs none of these rights; others are asked only in production.

    Nearest elsewhere: kube-score `container-security-context`, polaris, kubescape.

    Bad::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          containers:
            - name: notify
              image: notifyctl:0.1.0

    Good::

        apiVersion: v1
        kind: Pod
        metadata: {name: notify}
        spec:
          automountServiceAccountToken: false
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: notify
              image: notifyctl:0.1.0
              securityContext:
                allowPrivilegeEscalation: false
                readOnlyRootFilesystem: true
                capabilities: {drop: [ALL]}
    """
    context = container.node["securityContext"]
    asked = settings.is_production or container.holds_sockets(settings)
    if not asked or context["privileged"].is_true or runs_on_windows(container.workload):
        return
    missing = list(_missing_hardening(container))
    if missing:
        yield Problem(
            f"container `{container.name}` keeps rights that it does not need",
            context.head,
            help=f"add {', '.join(f'`{each}`' for each in missing)}",
        )


def _missing_hardening(container: Container) -> Iterator[str]:
    pod, context = container.workload.pod, container.node["securityContext"]
    if context["allowPrivilegeEscalation"].value is not False:
        yield "allowPrivilegeEscalation: false"
    if not context["readOnlyRootFilesystem"].is_true:
        yield "readOnlyRootFilesystem: true"
    dropped = {item.string.upper() for item in context["capabilities"]["drop"].items}
    if "ALL" not in dropped:
        yield "capabilities: {drop: [ALL]}"
    if effective(container, "seccompProfile")["type"].string not in ("RuntimeDefault", "Localhost"):
        yield "seccompProfile: {type: RuntimeDefault}"
    account = pod["serviceAccountName"].string or pod["serviceAccount"].string
    token = pod["automountServiceAccountToken"]
    if account in ("", "default") and token.value is not False:
        yield "automountServiceAccountToken: false"


def effective(container: Container, key: str) -> Node:
    """What the security context of a container says, or else that of its pod."""
    own = container.node["securityContext"][key]
    return own if own.exists else container.workload.pod["securityContext"][key]


def runs_on_windows(workload: Workload) -> bool:
    """Whether the pods run on Windows, which knows neither root nor capabilities."""
    pod = workload.pod
    return "windows" in (
        pod["os"]["name"].string,
        pod["nodeSelector"]["kubernetes.io/os"].string,
        pod["nodeSelector"]["beta.kubernetes.io/os"].string,
    )
