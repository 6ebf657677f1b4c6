"""Which of Kubernetes' APIs went away when, and what came in their place."""

from typing import Final

import msgspec


class Removal(msgspec.Struct, frozen=True):
    """An `apiVersion` of some kinds that is, or one day will be, no longer served.

    `deprecated` and `removed` are the numbers after `1.`; nobody knows yet when the ones without
    `removed` go. `is_same`: the fields are the same in what replaces it.
    """

    api_version: str
    kinds: tuple[str, ...]
    deprecated: int
    removed: int | None
    replacement: str = ""
    is_same: bool = False


_RBAC: Final = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
_WORKLOADS: Final = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_WEBHOOKS: Final = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_REVIEWS: Final = (
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
    "SubjectAccessReview",
)
_FLOW: Final = ("FlowSchema", "PriorityLevelConfiguration")
_STORAGE: Final = ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")

# From the deprecation guide of Kubernetes.
REMOVALS: Final = (
    Removal("extensions/v1beta1", ("DaemonSet", "Deployment", "ReplicaSet"), 9, 16, "apps/v1"),
    Removal("extensions/v1beta1", ("Ingress",), 14, 22, "networking.k8s.io/v1"),
    Removal("extensions/v1beta1", ("NetworkPolicy",), 9, 16, "networking.k8s.io/v1", is_same=True),
    Removal("extensions/v1beta1", ("PodSecurityPolicy",), 10, 16),
    Removal("apps/v1beta1", ("Deployment", "ReplicaSet", "StatefulSet"), 9, 16, "apps/v1"),
    Removal("apps/v1beta2", _WORKLOADS, 9, 16, "apps/v1"),
    Removal(
        "admissionregistration.k8s.io/v1beta1", _WEBHOOKS, 16, 22, "admissionregistration.k8s.io/v1"
    ),
    Removal(
        "apiextensions.k8s.io/v1beta1",
        ("CustomResourceDefinition",),
        16,
        22,
        "apiextensions.k8s.io/v1",
    ),
    Removal(
        "apiregistration.k8s.io/v1beta1",
        ("APIService",),
        19,
        22,
        "apiregistration.k8s.io/v1",
        is_same=True,
    ),
    Removal("authentication.k8s.io/v1beta1", ("TokenReview",), 19, 22, "authentication.k8s.io/v1"),
    Removal("authorization.k8s.io/v1beta1", _REVIEWS, 19, 22, "authorization.k8s.io/v1"),
    Removal(
        "certificates.k8s.io/v1beta1",
        ("CertificateSigningRequest",),
        19,
        22,
        "certificates.k8s.io/v1",
    ),
    Removal(
        "coordination.k8s.io/v1beta1", ("Lease",), 19, 22, "coordination.k8s.io/v1", is_same=True
    ),
    Removal("networking.k8s.io/v1beta1", ("Ingress",), 19, 22, "networking.k8s.io/v1"),
    Removal(
        "networking.k8s.io/v1beta1", ("IngressClass",), 19, 22, "networking.k8s.io/v1", is_same=True
    ),
    Removal(
        "rbac.authorization.k8s.io/v1alpha1",
        _RBAC,
        20,
        23,
        "rbac.authorization.k8s.io/v1",
    ),
    Removal(
        "rbac.authorization.k8s.io/v1beta1",
        _RBAC,
        17,
        22,
        "rbac.authorization.k8s.io/v1",
        is_same=True,
    ),
    Removal("scheduling.k8s.io/v1alpha1", ("PriorityClass",), 14, 23, "scheduling.k8s.io/v1"),
    Removal(
        "scheduling.k8s.io/v1beta1",
        ("PriorityClass",),
        14,
        22,
        "scheduling.k8s.io/v1",
        is_same=True,
    ),
    Removal("storage.k8s.io/v1beta1", _STORAGE, 19, 22, "storage.k8s.io/v1", is_same=True),
    Removal("batch/v2alpha1", ("CronJob",), 8, 21, "batch/v1", is_same=True),
    Removal("batch/v1beta1", ("CronJob",), 21, 25, "batch/v1", is_same=True),
    Removal("discovery.k8s.io/v1beta1", ("EndpointSlice",), 21, 25, "discovery.k8s.io/v1"),
    Removal("events.k8s.io/v1beta1", ("Event",), 19, 25, "events.k8s.io/v1"),
    Removal("autoscaling/v2beta1", ("HorizontalPodAutoscaler",), 22, 25, "autoscaling/v2"),
    Removal(
        "autoscaling/v2beta2",
        ("HorizontalPodAutoscaler",),
        23,
        26,
        "autoscaling/v2",
        is_same=True,
    ),
    Removal("policy/v1beta1", ("PodDisruptionBudget",), 21, 25, "policy/v1", is_same=True),
    Removal("policy/v1beta1", ("PodSecurityPolicy",), 21, 25),
    Removal("node.k8s.io/v1beta1", ("RuntimeClass",), 22, 25, "node.k8s.io/v1", is_same=True),
    Removal(
        "storage.k8s.io/v1beta1", ("CSIStorageCapacity",), 24, 27, "storage.k8s.io/v1", is_same=True
    ),
    Removal(
        "flowcontrol.apiserver.k8s.io/v1beta1", _FLOW, 23, 26, "flowcontrol.apiserver.k8s.io/v1"
    ),
    Removal(
        "flowcontrol.apiserver.k8s.io/v1beta2", _FLOW, 26, 29, "flowcontrol.apiserver.k8s.io/v1"
    ),
    Removal(
        "flowcontrol.apiserver.k8s.io/v1beta3", _FLOW, 29, 32, "flowcontrol.apiserver.k8s.io/v1"
    ),
    Removal("v1", ("ComponentStatus",), 19, None),
    Removal("v1", ("Endpoints",), 33, None, "discovery.k8s.io/v1"),
)


def removal_of(api_version: str, kind: str) -> Removal | None:
    """What is known of the end of a kind's `apiVersion`."""
    for removal in REMOVALS:
        if removal.api_version == api_version and kind in removal.kinds:
            return removal
    return None
