from notifyctl.validate.kubernetes.kustomize.grafting import always
from notifyctl.validate.kubernetes.kustomize.resource import Resource
from tests.support.manifests import tree

NODE = tree("{kind: Service, metadata: {name: a}}")
RESOURCE = Resource(NODE.source, NODE)


def test_a_name_that_is_lost_is_remembered() -> None:
    once = RESOURCE.changed(always(tree("{kind: Service, metadata: {name: b}}")))
    twice = once.with_node(tree("{kind: Service, metadata: {name: c}}"))

    assert (twice.kind, twice.name) == ("Service", "c")
    assert twice.names == {"a", "b", "c"}


def test_what_changes_nothing_gives_the_same_resource() -> None:
    assert RESOURCE.changed(lambda node: node) is RESOURCE


def test_in_the_end_it_is_a_manifest() -> None:
    manifest = Resource(NODE.source, NODE, has_unknown_keys=True).manifest()

    assert (manifest.name, manifest.node, manifest.has_unknown_keys) == ("a", NODE, True)
