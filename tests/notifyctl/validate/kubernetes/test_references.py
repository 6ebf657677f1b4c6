from notifyctl.validate.kubernetes.references import references_of
from tests.support.manifests import only_workload, pod


def test_everything_that_pods_need_is_found_with_its_key() -> None:
    container = (
        "env: [{name: A, valueFrom: {configMapKeyRef: {name: map, key: a}}},"
        " {name: B, valueFrom: {secretKeyRef: {name: secret, key: b, optional: true}}}],"
        " envFrom: [{configMapRef: {name: all}}, {secretRef: {name: every}}]"
    )
    volumes = (
        "{name: a, configMap: {name: files, items: [{key: x}]}},"
        " {name: b, secret: {secretName: keys}},"
        " {name: c, persistentVolumeClaim: {claimName: data}}"
    )
    spec = f"serviceAccountName: runner, volumes: [{volumes}]"
    references = references_of(only_workload(pod(container, spec)))

    assert {
        (each.kind, each.name.string, each.key.string if each.key else "", each.optional)
        for each in references
        if each.name.exists
    } == {
        ("ServiceAccount", "runner", "", False),
        ("ConfigMap", "files", "x", False),
        ("Secret", "keys", "", False),
        ("PersistentVolumeClaim", "data", "", False),
        ("ConfigMap", "map", "a", False),
        ("Secret", "secret", "b", True),
        ("ConfigMap", "all", "", False),
        ("Secret", "every", "", False),
    }


def test_the_default_account_is_always_there() -> None:
    found = references_of(only_workload(pod(spec="serviceAccountName: default")))

    assert not [each for each in found if each.kind == "ServiceAccount"]
