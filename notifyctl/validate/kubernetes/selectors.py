"""Which labels a selector selects."""

from collections.abc import Mapping

from notifyctl.validate.tree import Node, Scalar


def selects(selector: Node, labels: Mapping[str, str]) -> bool:
    """Whether a selector selects what has these labels.

    It is a plain map of labels, as a Service has it, or one with `matchLabels` and
    `matchExpressions`. One that is there and empty selects everything, one that is missing nothing.
    """
    if not selector.exists:
        return False
    if not ("matchLabels" in selector or "matchExpressions" in selector):
        return _has_all(selector, labels)
    expressions = selector["matchExpressions"].items
    return _has_all(selector["matchLabels"], labels) and all(
        _fits(expression, labels) for expression in expressions
    )


def _has_all(wanted: Node, labels: Mapping[str, str]) -> bool:
    return all(
        # What is no scalar is wrong by the schema, and cannot be compared.
        not isinstance(entry.value, Scalar) or labels.get(name) == entry.value.string
        for name, entry in wanted.entries.items()
        if name not in ("matchLabels", "matchExpressions")
    )


def _fits(expression: Node, labels: Mapping[str, str]) -> bool:
    key = expression["key"].string
    values = [value.string for value in expression["values"].items]
    match expression["operator"].string:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            # An operator that does not exist: what it would mean is not known.
            return True
