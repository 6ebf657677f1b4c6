"""What the published schemas say too much of, and too little, before they are packed.

The schemas of Kubernetes demand a few fields that the API server does not ask for, and know
neither the words that a field takes nor how a quantity is written, nor which ports there are.
"""

import copy
from collections.abc import Mapping
from typing import Any, Final

from notifyctl.validate.schema.shape import FORMS

Schema = dict[str, Any]

KINDS: Final = frozenset(
    {
        *(f"v1/{kind}" for kind in (
            "ConfigMap", "Endpoints", "LimitRange", "Namespace", "PersistentVolume",
            "PersistentVolumeClaim", "Pod", "PodTemplate", "ReplicationController",
            "ResourceQuota", "Secret", "Service", "ServiceAccount",
        )),
        *(f"apps/v1/{kind}" for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
        "autoscaling/v1/HorizontalPodAutoscaler",
        "autoscaling/v2/HorizontalPodAutoscaler",
        "batch/v1/CronJob",
        "batch/v1/Job",
        "discovery.k8s.io/v1/EndpointSlice",
        "networking.k8s.io/v1/Ingress",
        "networking.k8s.io/v1/IngressClass",
        "networking.k8s.io/v1/NetworkPolicy",
        "node.k8s.io/v1/RuntimeClass",
        "policy/v1/PodDisruptionBudget",
        "rbac.authorization.k8s.io/v1/ClusterRole",
        "rbac.authorization.k8s.io/v1/ClusterRoleBinding",
        "rbac.authorization.k8s.io/v1/Role",
        "rbac.authorization.k8s.io/v1/RoleBinding",
        "scheduling.k8s.io/v1/PriorityClass",
        "storage.k8s.io/v1/StorageClass",
    }
)  # fmt: skip

_KEPT: Final = (
    "$ref", "additionalProperties", "items", "properties", "required", "type",
)  # fmt: skip

# Said to be required, and yet a zero or nothing is what the API server reads in their place.
_OPTIONAL: Final = {
    "HTTPHeader": {"value"},
    "ISCSIPersistentVolumeSource": {"lun"},
    "ISCSIVolumeSource": {"lun"},
    "LimitRangeSpec": {"limits"},
    "SleepAction": {"seconds"},
    "Sysctl": {"value"},
}

_PROTOCOLS: Final = ("TCP", "UDP", "SCTP")
_POLICIES: Final = ("Cluster", "Local")
_ACCESS_MODES: Final = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_VOLUME_MODES: Final = ("Block", "Filesystem")
_UPDATES: Final = ("RollingUpdate", "OnDelete")
# The words that the API server takes for a field, from the API reference.
CHOICES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Container": {
        "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
        "terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    },
    "ContainerPort": {"protocol": _PROTOCOLS},
    "CronJobSpec": {"concurrencyPolicy": ("Allow", "Forbid", "Replace")},
    "DaemonSetUpdateStrategy": {"type": _UPDATES},
    "DeploymentStrategy": {"type": ("Recreate", "RollingUpdate")},
    "EndpointPort": {"protocol": _PROTOCOLS},
    "HPAScalingPolicy": {"type": ("Pods", "Percent")},
    "HPAScalingRules": {"selectPolicy": ("Max", "Min", "Disabled")},
    "HTTPGetAction": {"scheme": ("HTTP", "HTTPS")},
    "HTTPIngressPath": {"pathType": ("Exact", "Prefix", "ImplementationSpecific")},
    "HostPathVolumeSource": {
        "type": (
            "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice",
            "BlockDevice",
        )
    },
    "JobSpec": {"completionMode": ("NonIndexed", "Indexed")},
    "LabelSelectorRequirement": {"operator": ("In", "NotIn", "Exists", "DoesNotExist")},
    "MetricSpec": {"type": ("Object", "Pods", "Resource", "ContainerResource", "External")},
    "MetricTarget": {"type": ("Utilization", "Value", "AverageValue")},
    "NetworkPolicyPort": {"protocol": _PROTOCOLS},
    "NetworkPolicySpec": {"policyTypes": ("Ingress", "Egress")},
    "NodeSelectorRequirement": {"operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")},
    "PersistentVolumeClaimSpec": {"accessModes": _ACCESS_MODES, "volumeMode": _VOLUME_MODES},
    "PersistentVolumeSpec": {
        "accessModes": _ACCESS_MODES,
        "persistentVolumeReclaimPolicy": ("Retain", "Delete", "Recycle"),
        "volumeMode": _VOLUME_MODES,
    },
    "PodSpec": {
        "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        "preemptionPolicy": ("PreemptLowerPriority", "Never"),
        "restartPolicy": ("Always", "OnFailure", "Never"),
    },
    "RoleRef": {"kind": ("ClusterRole", "Role")},
    "SeccompProfile": {"type": ("Localhost", "RuntimeDefault", "Unconfined")},
    "ServicePort": {"protocol": _PROTOCOLS},
    "ServiceSpec": {
        "externalTrafficPolicy": _POLICIES,
        "internalTrafficPolicy": _POLICIES,
        "ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
        "sessionAffinity": ("ClientIP", "None"),
        "type": ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
    },
    "StatefulSetSpec": {"podManagementPolicy": ("OrderedReady", "Parallel")},
    "StatefulSetUpdateStrategy": {"type": _UPDATES},
    "StorageClass": {
        "reclaimPolicy": ("Delete", "Retain", "Recycle"),
        "volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
    },
    "Subject": {"kind": ("User", "Group", "ServiceAccount")},
    "Toleration": {"effect": ("NoSchedule", "PreferNoSchedule", "NoExecute")},
    "TopologySpreadConstraint": {"whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway")},
    "VolumeMount": {"mountPropagation": ("None", "HostToContainer", "Bidirectional")},
}  # fmt: skip

# The fields that hold the number of a port, and the least that the API server takes: it reads a 0
# as nothing where the field may be left out.
PORTS: Final[Mapping[str, Mapping[str, int]]] = {
    "ContainerPort": {"containerPort": 1, "hostPort": 0},
    "GRPCAction": {"port": 1},
    "HTTPGetAction": {"port": 1},
    "NetworkPolicyPort": {"endPort": 1, "port": 1},
    "ServiceBackendPort": {"number": 0},
    "ServicePort": {"nodePort": 0, "port": 1, "targetPort": 0},
    "TCPSocketAction": {"port": 1},
}
_LAST_PORT: Final = 65_535
# How the names of ports are written: a Service has room for more than a container.
PORT_NAMES: Final = {"ContainerPort": "port name", "ServicePort": "label"}

_INT_OR_STRING: Final = "IntOrString"
_DURATIONS: Final = {
    "delay", "interval", "monitor", "start_interval", "start_period", "stop_grace_period",
    "timeout", "window",
}  # fmt: skip


def trim_kubernetes(
    definitions: Mapping[str, Schema], newest: Mapping[str, Schema]
) -> dict[str, Schema]:
    """Definitions of one version, put right with what the newest one knows better."""
    return {name: _trim_definition(name, definitions[name], newest) for name in definitions}


def _trim_definition(name: str, definition: Schema, newest: Mapping[str, Schema]) -> Schema:
    short = name.rpartition(".")[2]
    if short == _INT_OR_STRING:
        return {"type": ["string", "integer"]}
    if short == "Quantity":
        return {"type": ["string", "number"], "pattern": FORMS["quantity"][0]}
    trimmed = _plain(definition)
    fields = trimmed.get("properties", {})
    # Nobody writes these: they come along when a manifest was taken from a cluster.
    for field in ("managedFields", "status"):
        if field in fields and (field != "status" or "apiVersion" in fields):
            fields[field] = {}
    for field, choices in CHOICES.get(short, {}).items():
        _of_strings(fields[field])["enum"] = [*choices, ""]
    for field, least in PORTS.get(short, {}).items():
        fields[field] = _port(fields[field], least)
    if short in PORT_NAMES:
        fields["name"]["pattern"] = FORMS[PORT_NAMES[short]][0]
    if "required" in trimmed:
        still = newest.get(name, definition).get("required", ())
        wanted = [each for each in trimmed["required"] if each in still]
        trimmed["required"] = [each for each in wanted if each not in _OPTIONAL.get(short, ())]
    return trimmed


def _port(schema: Schema, least: int) -> Schema:
    """The number of a port; where a name may stand in its place, that may be any."""
    is_either = schema.get("$ref", "").endswith(_INT_OR_STRING)
    types = ["string", "integer"] if is_either else schema["type"]
    return {"type": types, "minimum": least, "maximum": _LAST_PORT}


def _of_strings(schema: Schema) -> Schema:
    return _of_strings(schema["items"]) if "items" in schema else schema


def _plain(schema: Schema) -> Schema:
    """Without descriptions, and without `null`: to the API server it is as good as nothing."""
    plain: Schema = {key: schema[key] for key in _KEPT if key in schema}
    if isinstance(plain.get("type"), list):
        plain["type"] = [each for each in plain["type"] if each != "null"]
    if "enum" in schema:
        plain["enum"] = schema["enum"]
    if schema.get("format") == "byte":
        plain["pattern"] = FORMS["base64"][0]
    for key in ("items", "additionalProperties"):
        if isinstance(plain.get(key), dict):
            plain[key] = _plain(plain[key])
    if "properties" in plain:
        plain["properties"] = {key: _plain(each) for key, each in plain["properties"].items()}
    return plain


def trim_compose(schema: Schema) -> Schema:
    """The schema of compose: with durations, and without what compose puts right by itself."""
    trimmed = copy.deepcopy(schema)
    _trim_within(trimmed)
    return trimmed


def _trim_within(schema: object) -> None:
    if isinstance(schema, list):
        for each in schema:
            _trim_within(each)
    if not isinstance(schema, dict):
        return
    # Compose drops most repetitions before it looks at the schema.
    schema.pop("uniqueItems", None)
    fields = schema.get("properties")
    if isinstance(fields, dict):
        for name in _DURATIONS & fields.keys():
            if fields[name].get("type") == "string":
                fields[name]["pattern"] = FORMS["duration"][0]
    for each in schema.values():
        _trim_within(each)
