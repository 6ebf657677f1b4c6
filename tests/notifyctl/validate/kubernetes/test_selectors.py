import pytest

from notifyctl.validate.kubernetes.selectors import selects
from tests.support.manifests import tree

LABELS = {"app": "notify", "tier": "web"}


@pytest.mark.parametrize(
    "selector",
    [
        "{app: notify}",
        "{}",
        "{matchLabels: {app: notify, tier: web}}",
        "{matchExpressions: [{key: app, operator: In, values: [notify, other]}]}",
        "{matchExpressions: [{key: app, operator: NotIn, values: [other]}]}",
        "{matchExpressions: [{key: gone, operator: NotIn, values: [other]}]}",
        "{matchExpressions: [{key: app, operator: Exists}]}",
        "{matchExpressions: [{key: gone, operator: DoesNotExist}]}",
        "{matchLabels: {app: notify}, matchExpressions: [{key: tier, operator: Exists}]}",
        "{matchExpressions: [{key: app, operator: Resembles}]}",
    ],
)
def test_it_selects(selector: str) -> None:
    assert selects(tree(selector), LABELS)


@pytest.mark.parametrize(
    "selector",
    [
        "{app: other}",
        "{app: notify, gone: x}",
        "{matchLabels: {app: notify, tier: db}}",
        "{matchExpressions: [{key: app, operator: In, values: [other]}]}",
        "{matchExpressions: [{key: app, operator: NotIn, values: [notify]}]}",
        "{matchExpressions: [{key: gone, operator: Exists}]}",
        "{matchExpressions: [{key: app, operator: DoesNotExist}]}",
        "{matchLabels: {app: notify}, matchExpressions: [{key: gone, operator: Exists}]}",
    ],
)
def test_it_does_not_select(selector: str) -> None:
    assert not selects(tree(selector), LABELS)


def test_a_selector_that_is_missing_selects_nothing() -> None:
    assert not selects(tree("{}")["selector"], LABELS)


def test_a_value_that_is_no_scalar_is_not_compared() -> None:
    assert selects(tree("{app: {name: x}}"), LABELS)
