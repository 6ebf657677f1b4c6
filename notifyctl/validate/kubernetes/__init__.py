"""Kubernetes manifests: read, rendered where a kustomization says how, and joined to each other."""

from notifyctl.validate.kubernetes.declared import ContainerPort as ContainerPort
from notifyctl.validate.kubernetes.manifest import Manifest as Manifest
from notifyctl.validate.kubernetes.manifest_set import ManifestSet as ManifestSet
from notifyctl.validate.kubernetes.reading import read_sets as read_sets
from notifyctl.validate.kubernetes.workload import Container as Container
from notifyctl.validate.kubernetes.workload import Workload as Workload
