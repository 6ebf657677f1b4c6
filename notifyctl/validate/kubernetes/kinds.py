"""What is known of Kubernetes' own kinds: their API groups, and which of them have no namespace.

A kind's name alone says little: a `Service` of `serving.knative.dev` is another thing.
"""

from typing import Final

# The groups that a kind is, or once was, part of; the core group is the empty one.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "ConfigMap": ("",),
    "CronJob": ("batch",),
    "DaemonSet": ("apps", "extensions"),
    "Deployment": ("apps", "extensions"),
    "DeploymentConfig": ("apps.openshift.io", ""),
    "HorizontalPodAutoscaler": ("autoscaling",),
    "Ingress": ("networking.k8s.io", "extensions"),
    "Job": ("batch",),
    "Namespace": ("",),
    "NetworkPolicy": ("networking.k8s.io", "extensions"),
    "PersistentVolumeClaim": ("",),
    "Pod": ("",),
    "PodDisruptionBudget": ("policy",),
    "ReplicaSet": ("apps", "extensions"),
    "ReplicationController": ("",),
    "Rollout": ("argoproj.io",),
    "Secret": ("",),
    "Service": ("",),
    "ServiceAccount": ("",),
    "StatefulSet": ("apps",),
}

CLUSTER_WIDE: Final = frozenset(
    {
        "APIService",
        "CertificateSigningRequest",
        "ClusterIssuer",
        "ClusterRole",
        "ClusterRoleBinding",
        "CSIDriver",
        "CSINode",
        "CustomResourceDefinition",
        "GatewayClass",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)

_OWN_GROUPS: Final = frozenset({"", "apps", "autoscaling", "batch", "extensions", "policy"})


def group_of(api_version: str) -> str:
    """The group of an `apiVersion`: `apps` of `apps/v1`, nothing of `v1`."""
    return api_version.rpartition("/")[0]


def is_of_kind(kind: str, api_version: str, wanted: str) -> bool:
    """Whether this is the kind that people mean by its name."""
    return kind == wanted and (wanted not in GROUPS or group_of(api_version) in GROUPS[wanted])


def is_own_group(group: str) -> bool:
    """Whether an API group is one of Kubernetes itself, or of those who make it."""
    return group in _OWN_GROUPS or group.endswith(".k8s.io")
