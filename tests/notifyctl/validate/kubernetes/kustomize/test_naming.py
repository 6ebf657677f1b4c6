from notifyctl.validate.kubernetes.kustomize.naming import with_affixes, with_references
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from tests.support.manifests import tree

NOTHING = tree("{}")["prefix"]
PREFIX, SUFFIX = tree("prod-"), tree("-v2")


def resource(text: str) -> Resource:
    node = tree(text)
    return Resource(node.source, node)


def named(kind: str, name: str) -> Resource:
    return resource(f"{{apiVersion: v1, kind: {kind}, metadata: {{name: {name}}}}}")


def test_names_get_something_before_and_behind() -> None:
    (found,) = with_affixes([named("Service", "a")], PREFIX, SUFFIX)

    assert found.name == "prod-a-v2"
    assert found.node["metadata"]["name"].span.text == "a"
    assert found.names == {"a", "prod-a-v2"}


def test_a_namespace_keeps_its_name() -> None:
    (found,) = with_affixes([named("Namespace", "a")], PREFIX, NOTHING)

    assert found.name == "a"


def test_everything_that_refers_to_an_object_follows() -> None:
    workload = resource(
        """
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: w}
        spec:
          serviceName: svc
          template:
            spec:
              serviceAccountName: sa
              imagePullSecrets: [{name: pull}]
              containers:
                - envFrom: [{configMapRef: {name: cm}}, {secretRef: {name: elsewhere}}]
                  env: [{name: cm, valueFrom: {secretKeyRef: {name: sec, key: k}}}]
              volumes:
                - {name: sec, secret: {secretName: sec}}
                - {name: cm, configMap: {name: cm}}
                - {name: data, persistentVolumeClaim: {claimName: pvc}}
        """
    )
    ingress = resource(
        "{kind: Ingress, metadata: {name: i}, spec: {tls: [{secretName: sec}],"
        " rules: [{http: {paths: [{backend: {service: {name: svc}}}]}}]}}"
    )
    scaler = resource(
        "{kind: HorizontalPodAutoscaler, metadata: {name: h},"
        " spec: {scaleTargetRef: {kind: StatefulSet, name: w}}}"
    )
    others = [
        named(kind, name)
        for kind, name in (
            ("Service", "svc"),
            ("ServiceAccount", "sa"),
            ("Secret", "sec"),
            ("Secret", "pull"),
            ("ConfigMap", "cm"),
            ("PersistentVolumeClaim", "pvc"),
        )
    ]

    found = with_references(with_affixes([workload, ingress, scaler, *others], PREFIX, NOTHING))

    pod = found[0].node["spec"]["template"]["spec"]
    (container,) = pod["containers"].items
    assert found[0].node["spec"]["serviceName"].string == "prod-svc"
    assert pod["serviceAccountName"].string == "prod-sa"
    assert pod["imagePullSecrets"].plain() == [{"name": "prod-pull"}]
    assert container["envFrom"].plain() == [
        {"configMapRef": {"name": "prod-cm"}},
        {"secretRef": {"name": "elsewhere"}},
    ]
    assert container["env"].plain() == [
        {"name": "cm", "valueFrom": {"secretKeyRef": {"name": "prod-sec", "key": "k"}}}
    ]
    assert pod["volumes"].plain() == [
        {"name": "sec", "secret": {"secretName": "prod-sec"}},
        {"name": "cm", "configMap": {"name": "prod-cm"}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "prod-pvc"}},
    ]
    backend = found[1].node["spec"]["rules"].items[0]["http"]["paths"].items[0]["backend"]
    assert backend["service"]["name"].string == "prod-svc"
    assert found[1].node["spec"]["tls"].plain() == [{"secretName": "prod-sec"}]
    assert found[2].node["spec"]["scaleTargetRef"]["name"].string == "prod-w"


def test_who_has_a_name_now_is_meant_not_who_had_it_once() -> None:
    renamed = with_affixes([named("ConfigMap", "a")], PREFIX, NOTHING)
    pod = resource("{kind: Pod, metadata: {name: p}, spec: {x: {configMapRef: {name: a}}}}")

    found = with_references([*renamed, named("ConfigMap", "a"), pod])

    assert found[-1].node["spec"]["x"]["configMapRef"]["name"].string == "a"
