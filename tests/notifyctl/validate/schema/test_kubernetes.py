import pytest

from notifyctl.validate.schema.kubernetes import against, problems_of
from notifyctl.validate.schema.pack import KUBERNETES, read_pack
from notifyctl.validate.source import Source
from notifyctl.validate.tree import Node
from notifyctl.validate.yaml_reader import read_yaml

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: notify}
spec: {containers: [{name: notify, image: "notify:1.0"}]}
"""


def tree(text: str) -> Node:
    (document,) = read_yaml(Source("manifest.yaml", text)).documents
    return document


def found(text: str, version: str = "") -> list[str]:
    return [problem.message for problem in problems_of(tree(text), version)]


def advice(text: str) -> list[str]:
    return [problem.help for problem in problems_of(tree(text), "")]


def test_a_good_manifest_has_no_problems() -> None:
    assert found(POD) == []


def test_every_kind_can_be_read_in_every_version() -> None:
    for version, kinds in read_pack(KUBERNETES).roots.items():
        for name in kinds:
            api_version, _, kind = name.rpartition("/")
            assert found(f"apiVersion: {api_version}\nkind: {kind}\nfoo: 1\n", version)[0] == (
                f"`foo` is no field of {'an' if kind[0] in 'AEIOU' else 'a'} {kind}"
            )


def test_a_field_of_a_newer_version_is_none_of_an_older_one() -> None:
    newer = POD.replace("spec: {", "spec: {evictionResponders: [], ")

    assert found(newer, "1.37") == []
    assert found(newer, "1.35") == ["`evictionResponders` is no field of `spec`"]


@pytest.mark.parametrize(
    "kind",
    [
        "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute}",
        "{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor}",
        "{apiVersion: serving.knative.dev/v1, kind: Service}",
        "{apiVersion: batch.volcano.sh/v1alpha1, kind: Job}",
        "{apiVersion: v1, kind: Config}",
        "{apiVersion: v1, kind: Template}",
        "{apiVersion: skaffold/v4beta4, kind: Config}",
        "{apiVersion: v1, kind: PodList}",
        "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition}",
        "{apiVersion: resource.k8s.io/v1alpha3, kind: ResourceClaim}",
        "{apiVersion: scheduling.x-k8s.io/v1alpha1, kind: PodGroup}",
        "{apiVersion: scheduling.k8s.io/v1, kind: PodGroup}",
        "{apiVersion: policy/v1, kind: Eviction}",
        "{apiVersion: authorization.openshift.io/v1, kind: RoleBinding}",
        "{apiVersion: v1, kind: List, items: []}",
        "{apiVersion: extensions/v1beta1, kind: Deployment}",
        "{apiVersion: '${API}', kind: Deployment}",
        "{apiVersion: '{{ api }}', kind: Deployment}",
        "{apiVersion: [v1], kind: {a: b}}",
    ],
)
def test_other_kinds_are_not_looked_at(kind: str) -> None:
    assert found(kind) == []


@pytest.mark.parametrize(
    ("kind", "message", "step"),
    [
        (
            "{apiVersion: app/v1, kind: Deployment}",
            "there is no `app/v1` with a kind `Deployment`",
            "did you mean `apps/v1`?",
        ),
        (
            "{apiVersion: v1, kind: Deployment}",
            "`v1` has no kind `Deployment`",
            "did you mean `apps/v1`?",
        ),
        (
            "{apiVersion: apps/v2, kind: Deployment}",
            "there is no `apps/v2` with a kind `Deployment`",
            "did you mean `apps/v1`?",
        ),
        (
            "{apiVersion: networking.k8s.oi/v1, kind: Ingress}",
            "there is no `networking.k8s.oi/v1` with a kind `Ingress`",
            "did you mean `networking.k8s.io/v1`?",
        ),
        (
            "{apiVersion: apps/v1, kind: Deploymnet}",
            "`apps/v1` has no kind `Deploymnet`",
            "did you mean `Deployment`?",
        ),
        (
            "{apiVersion: v1, kind: service}",
            "`v1` has no kind `service`",
            "did you mean `Service`?",
        ),
    ],
)
def test_a_slip_in_the_kind_is_told(kind: str, message: str, step: str) -> None:
    assert found(kind) == [message]
    assert advice(kind) == [step]


def test_a_workload_without_selector_and_image_is_a_patch() -> None:
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: notify}
spec: {template: {spec: {containers: [{name: notify, tty: true}]}}}
"""

    assert found(patch) == []
    assert found(patch.replace("tty", "ttty")) == [
        "`ttty` is no field of `spec.template.spec.containers[0]`"
    ]
    assert found(patch.replace("tty: true", "image: a")) == ["`spec` has no `selector`"]
    assert found(patch.replace("template: {spec:", "selector: {app: a}, template: {spec:")) == [
        "`app` is no field of `spec.selector`"
    ]
    assert found(
        "{apiVersion: apps/v1, kind: Deployment, spec: {selector: {matchLabels: {app: a}}}}"
    ) == ["`spec` has no `template`"]


def test_what_is_not_packed_cannot_be_held_against() -> None:
    assert against(tree(POD), "example.org/v1", "Pod", "") is None


SERVICE = "{{apiVersion: v1, kind: Service, spec: {{ports: [{{port: 80, {}}}]}}}}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("containerPort: 80000", "containerPort` is 80000, not from 1 to 65535"),
        ("containerPort: 0", "containerPort` is 0, not from 1 to 65535"),
        (
            "containerPort: 80, name: http-and-websocket",
            "name` is `http-and-websocket`, which is not a name of at most 15 small letters, "
            "digits and single inner hyphens",
        ),
    ],
)
def test_a_port_that_no_container_can_have_is_told(line: str, message: str) -> None:
    (told,) = found(POD.replace("name: notify,", f"name: notify, ports: [{{{line}}}],"))

    assert told == f"`spec.containers[0].ports[0].{message}"


@pytest.mark.parametrize(
    "probe", ["httpGet: {port: 65536}", "tcpSocket: {port: 0}", "grpc: {port: -1}"]
)
def test_a_port_that_no_probe_can_ask_is_told(probe: str) -> None:
    (told,) = found(POD.replace("name: notify,", f"name: notify, livenessProbe: {{{probe}}},"))

    assert told.endswith("not from 1 to 65535")


@pytest.mark.parametrize("field", ["targetPort: 65536", "nodePort: 300000", "name: Http"])
def test_a_port_that_no_service_can_have_is_told(field: str) -> None:
    assert len(found(SERVICE.format(field))) == 1


@pytest.mark.parametrize(
    "field", ["targetPort: 0", "nodePort: 0", "targetPort: http", "name: a-name-of-more-than-15"]
)
def test_a_port_that_the_api_server_takes_is_not(field: str) -> None:
    assert found(SERVICE.format(field)) == []


def test_a_blank_of_a_template_is_not_judged() -> None:
    assert (
        found(POD.replace("name: notify,", "name: notify, ports: [{containerPort: $(PORT)}],"))
        == []
    )


def test_what_is_encrypted_is_not_judged() -> None:
    secret = "apiVersion: v1\nkind: Secret\ndata: {password: 'ENC[AES256_GCM,data:aa==]'}\n"

    assert len(found(secret)) == 1
    assert found(f"{secret}sops: {{version: 3.9.0}}\n") == []
