from notifyctl.validate.kubernetes.kustomize.generating import generated
from notifyctl.validate.kubernetes.kustomize.kustomization import Kustomization
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from notifyctl.validate.source import Source
from tests.support.manifests import tree


def made(
    text: str, resources: list[Resource] | None = None, files: dict[str, str] | None = None
) -> list[Resource]:
    node = tree(text, "kustomization.yaml")
    sources = {name: Source(name, content) for name, content in (files or {}).items()}
    return generated(Kustomization("", node.source, node), resources or [], sources)


def test_a_config_map_is_made_from_words() -> None:
    (found,) = made("configMapGenerator: [{name: a, namespace: b, literals: [X=1, 'Y=\"2=3\"']}]")

    assert found.node.plain() == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a", "namespace": "b"},
        "data": {"X": "1", "Y": "2=3"},
    }
    assert found.node["data"]["X"].span.text == "X=1"
    assert not found.has_unknown_keys


def test_a_secret_keeps_its_type_and_its_words_are_not_base64() -> None:
    (found,) = made("secretGenerator: [{name: a, type: Opaque, literals: [X=1]}]")

    assert (found.kind, found.node["type"].string) == ("Secret", "Opaque")
    assert found.node["stringData"].plain() == {"X": "1"}


def test_of_files_the_keys_are_known() -> None:
    (found,) = made("configMapGenerator: [{name: a, files: [dir/b.conf, c=dir/d.conf]}]")

    assert found.node["data"].plain() == {"b.conf": "", "c": ""}


def test_variables_stand_in_their_own_file() -> None:
    (found,) = made(
        "secretGenerator: [{name: a, envs: [.env]}]", files={".env": "# why\nA=1\n\nB = two \n"}
    )

    assert found.node["stringData"].plain() == {"A": "1", "B": "two"}
    value = found.node["stringData"]["A"]
    assert (value.span.source.name, value.span.text) == (".env", "1")


def test_a_file_of_variables_that_is_not_there_leaves_keys_unknown() -> None:
    (found,) = made("secretGenerator: [{name: a, envs: [.env], literals: [X=1]}]")

    assert found.has_unknown_keys


def test_what_is_there_already_is_merged_or_replaced() -> None:
    before = made("configMapGenerator: [{name: a, literals: [X=1, Y=2]}]")

    (merged,) = made("configMapGenerator: [{name: a, behavior: merge, literals: [X=9]}]", before)
    (replaced,) = made(
        "configMapGenerator: [{name: a, behavior: replace, literals: [X=9]}]", before
    )

    assert merged.node["data"].plain() == {"X": "9", "Y": "2"}
    assert replaced.node["data"].plain() == {"X": "9"}
