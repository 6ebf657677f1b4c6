"""Holds a document against its schema and finds everything that breaks it, each at its place."""

import re

from notifyctl.validate.finding import Problem
from notifyctl.validate.schema import wording
from notifyctl.validate.schema.dialect import Dialect
from notifyctl.validate.schema.shape import FORMS, Pack, Shape
from notifyctl.validate.schema.way import Way
from notifyctl.validate.spelling import closest
from notifyctl.validate.tree import Mapping, Node, Scalar, Sequence


def mismatches(
    node: Node, pack: Pack, root: int, whole: str, dialect: Dialect, *, is_partial: bool = False
) -> list[Problem]:
    """All that is wrong with a value by the shape that stands at `root` in the pack.

    `whole` is what the value is called: `a Deployment`. Nothing is missing from what `is_partial`.
    """
    walk = _Walk(pack, dialect, is_partial)
    walk.value(node, Way(whole, root))
    return walk.problems


class _Walk:
    """One way through a document. What is aliased is looked at once for each of its shapes."""

    def __init__(self, pack: Pack, dialect: Dialect, is_partial: bool) -> None:
        self.problems: list[Problem] = []
        self._shapes = pack.shapes
        self._dialect = dialect
        self._is_partial = is_partial
        self._seen: set[tuple[int, int]] = set()

    def value(self, node: Node, way: Way) -> None:
        """Look at one value and all below it."""
        shape = self._shapes[way.shape]
        found = self._dialect.type_of(node)
        if found is None or (found == "null" and self._dialect.null_is_absent):
            return
        if shape.types and not _fits(found, shape.types):
            if not self._is_filled_in_later(node):
                self.problems.append(wording.wrong_type(node, found, shape, way, self._dialect))
            return
        if isinstance(node, Scalar):
            self._scalar(node, found, shape, way)
        elif (id(node), way.shape) not in self._seen:
            self._seen.add((id(node), way.shape))
            if isinstance(node, Mapping):
                self._mapping(node, shape, way)
            elif isinstance(node, Sequence) and shape.items is not None:
                for index, item in enumerate(node.items):
                    self.value(item, way.item(index, shape.items))

    def _scalar(self, node: Scalar, found: str, shape: Shape, way: Way) -> None:
        if found == "string":
            if not (shape.choices or shape.form) or self._is_filled_in_later(node):
                return
            if shape.choices and node.raw not in shape.choices:
                self.problems.append(wording.wrong_choice(node, shape, way))
            if shape.form and not re.search(_pattern(shape.form), node.raw):
                self.problems.append(wording.wrong_form(node, shape.form, way))
        elif isinstance(node.value, int | float) and not _within(node.value, shape):
            self.problems.append(wording.out_of_range(node, shape, way))

    def _mapping(self, node: Mapping, shape: Shape, way: Way) -> None:
        meant: set[str] = set()
        for name, (_, value) in node.entries.items():
            inner = shape.fields.get(name)
            if inner is not None:
                self.value(value, way.key(name, inner))
            else:
                meant.add(self._extra(name, node, shape, way))
        if not self._is_partial:
            self._missing(node, meant, shape, way)

    def _missing(self, node: Mapping, meant: set[str], shape: Shape, way: Way) -> None:
        for name in shape.required:
            # What is there under a misspelled name is one mistake, not two.
            if name not in meant and not self._has(node, name):
                self.problems.append(wording.missing_field(name, node, way))
        if shape.any_of and not any(self._has(node, name) for name in shape.any_of):
            self.problems.append(wording.missing_choice(shape.any_of, node, way))

    def _has(self, node: Mapping, name: str) -> bool:
        return node[name].exists if self._dialect.null_is_absent else name in node.entries

    def _extra(self, name: str, node: Mapping, shape: Shape, way: Way) -> str:
        """A key that is not among the fields; answers with the field that it was meant to be."""
        entry = node.entries[name]
        for pattern, inner in shape.patterns.items():
            if re.search(pattern, name):
                self.value(entry.value, way.key(name, inner))
                return ""
        if shape.other is not None:
            self.value(entry.value, way.key(name, shape.other))
            return ""
        if not shape.closed or self._dialect.is_blank(name):
            return ""
        home = self._home_of(name, shape, way)
        guess = "" if home else closest(name, [each for each in shape.fields if each not in node])
        self.problems.append(wording.unknown_field(name, entry.key, way, guess, home))
        return guess

    def _home_of(self, name: str, shape: Shape, way: Way) -> str:
        """What has a field of this name around or within the place where it stands."""
        for around in way.outwards():
            if name in self._shapes[around.shape].fields:
                return around.name
        within = [
            way.key(outer, second).key(inner, third).name
            for outer, second in shape.fields.items()
            for inner, third in self._shapes[second].fields.items()
            if name in self._shapes[third].fields
        ]
        return within[0] if len(within) == 1 else ""

    def _is_filled_in_later(self, node: Node) -> bool:
        return isinstance(node, Scalar) and self._dialect.is_blank(node.raw)


def _fits(found: str, types: tuple[str, ...]) -> bool:
    return found in types or (found == "integer" and "number" in types)


def _within(number: float, shape: Shape) -> bool:
    least, most = shape.least, shape.most
    return (least is None or number >= least) and (most is None or number <= most)


def _pattern(form: str) -> str:
    return FORMS[form][0] if form in FORMS else form
