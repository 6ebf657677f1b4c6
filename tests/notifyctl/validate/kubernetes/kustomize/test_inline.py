from notifyctl.validate.kubernetes.kustomize.inline import documents_in
from tests.support.manifests import tree


def test_what_is_in_a_block_stands_where_one_sees_it() -> None:
    text = tree("# above\npatch: |-\n  # comment\n  a:\n    b: [1, 2]\n  c: 3\nd: 4\n", "k.yaml")

    (document,) = documents_in(text["patch"])

    assert document.plain() == {"a": {"b": [1, 2]}, "c": 3}
    value = document["a"]["b"]
    assert (value.span.source.name, value.span.text, value.span.begin) == (
        "k.yaml",
        "[1, 2]",
        (5, 8),
    )
    assert document["a"]["missing"].head.text == "a"


def test_a_list_of_operations_can_stand_in_a_block() -> None:
    text = tree("- patch: |\n    - op: add\n      path: /a\n      value: 1\n")

    (document,) = documents_in(text.items[0]["patch"])

    assert document.plain() == [{"op": "add", "path": "/a", "value": 1}]
    assert document.items[0]["path"].span.text == "/a"


def test_what_is_in_quotes_stands_at_the_quotes() -> None:
    text = tree('patch: "a: {b: 1}\\nc: 2"\n')

    (document,) = documents_in(text["patch"])

    assert document.plain() == {"a": {"b": 1}, "c": 2}
    assert document["a"]["b"].span == text["patch"].span
    assert document.entries["c"].key.span == text["patch"].span


def test_several_documents_can_stand_in_one_block() -> None:
    documents = documents_in(tree("patch: |\n  a: 1\n  ---\n  b: 2\n")["patch"])

    assert [document.plain() for document in documents] == [{"a": 1}, {"b": 2}]


def test_what_is_no_string_holds_nothing() -> None:
    node = tree("{a: {b: 1}, c: [1], d: , e: '['}")

    assert [documents_in(node[name]) for name in "acdex"] == [[], [], [], [], []]
