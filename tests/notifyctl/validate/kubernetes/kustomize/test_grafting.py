from notifyctl.validate.kubernetes.kustomize.grafting import (
    EACH,
    always,
    changed,
    overlaid,
    rewritten,
    text_at,
    with_value,
    without,
)
from notifyctl.validate.tree import Node
from tests.support.manifests import tree

TREE = tree("{a: {b: 1}, c: [{d: 1}, {d: 2}, {e: 3}]}")
NEW = tree("new", "other.yaml")


def test_a_change_leaves_the_old_tree_as_it_was() -> None:
    new = changed(TREE, ("a", "b"), always(NEW))

    assert new["a"]["b"].value == "new"
    assert TREE["a"]["b"].value == 1
    assert new["c"] is TREE["c"]


def test_what_is_changed_stands_where_it_comes_from_and_all_around_it_where_it_was() -> None:
    new = changed(TREE, ("a", "b"), always(NEW))

    assert new["a"]["b"].span.source.name == "other.yaml"
    assert new["a"].span.text == "{b: 1}"
    assert new["a"].head.text == "a"
    assert new.span == TREE.span


def test_where_there_is_nothing_nothing_is_changed_unless_it_shall_be_made() -> None:
    assert changed(TREE, ("x", "y"), always(NEW)) is TREE
    assert changed(TREE, ("x", "y"), always(NEW), create=True).plain()["x"] == {"y": "new"}


def test_a_path_goes_through_every_item_of_a_list() -> None:
    new = changed(TREE, ("c", EACH, "d"), always(NEW))

    assert new["c"].plain() == [{"d": "new"}, {"d": "new"}, {"e": 3}]
    assert changed(TREE, ("c", EACH, "x"), always(NEW)) is TREE


def test_a_path_through_a_scalar_leads_nowhere() -> None:
    assert changed(TREE, ("a", "b", "c"), always(NEW), create=True)["a"]["b"].value == 1


def test_entries_come_and_go() -> None:
    assert with_value(TREE, "f", NEW).plain()["f"] == "new"
    assert without(TREE, "a").plain() == {"c": [{"d": 1}, {"d": 2}, {"e": 3}]}
    assert overlaid(TREE["a"], tree("{b: 2, c: 3}").entries).plain() == {"b": 2, "c": 3}


def test_a_new_key_stands_where_its_value_does() -> None:
    key = with_value(TREE, "f", NEW).entries["f"].key

    assert (key.span.source.name, key.span.text) == ("other.yaml", "new")


def test_a_text_is_a_string_whatever_it_looks_like() -> None:
    assert text_at(NEW, "8000").value == "8000"
    assert text_at(NEW, "").exists


def test_every_value_is_rewritten_with_its_key() -> None:
    def rewrite(key: str, node: Node) -> Node:
        return NEW if key == "d" else node

    new = rewritten(TREE, rewrite)

    assert new.plain() == {"a": {"b": 1}, "c": [{"d": "new"}, {"d": "new"}, {"e": 3}]}
    assert new["a"] is TREE["a"]
    assert rewritten(TREE, lambda _, node: node) is TREE
