"""How Kubernetes and compose read YAML, where they differ, and what only looks like a value."""

import re
from typing import Final

import msgspec

from notifyctl.validate.tree import Mapping, Node, Scalar, Sequence

_PLAIN_TAGS: Final = frozenset(
    {"!override", *(f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str"))}
)
# Numbers to some parsers and strings to others: `1_000`, `0b11`, `.inf`, `2024-01-31`.
_UNSETTLED: Final = re.compile(
    r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|[0-9][0-9.eE]*_[0-9._eE]*|\.(?:inf|Inf|INF|nan|NaN|NAN))"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
)
# What another program fills in: `${REPLICAS}`, `{{ replicas }}`, `<replicas>`, `REPLICA_COUNT`.
_BLANK: Final = re.compile(
    r"\$\{|\$\(|\{\{|<%|\[\[|^\$[\w/-]+$|^<.*>$|^%.*%$|^@.*@$|^__\w+__$|^#\{.*\}#?$"
    r"|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^ref\+",
    re.DOTALL,
)
_VARIABLE: Final = re.compile(r"\$(?!\$)")


class Dialect(msgspec.Struct, frozen=True):
    """How a program reads YAML.

    `old_booleans`: a plain `yes` is true. `null_is_absent`: an empty value is as good as none.
    """

    blank: re.Pattern[str]
    old_booleans: bool = False
    null_is_absent: bool = False

    def type_of(self, node: Node) -> str | None:
        """The type of JSON that a value is; None if that is not to be known."""
        if node.tag and node.tag not in _PLAIN_TAGS:
            return None
        match node:
            case Scalar():
                return self._type_of_scalar(node)
            case Mapping():
                return "object"
            case Sequence():
                return "array"
            case _:
                return "null"

    def _type_of_scalar(self, scalar: Scalar) -> str | None:
        if scalar.style or scalar.tag:
            return "string"
        if self.old_booleans and scalar.is_old_boolean:
            return "boolean"
        match scalar.value:
            case None:
                return "null"
            case bool():
                return "boolean"
            case int():
                return "integer"
            case float() as number:
                # JSON knows no difference between 1.0 and 1.
                return "integer" if number.is_integer() else "number"
            case _:
                return None if _UNSETTLED.fullmatch(scalar.raw) else "string"

    def is_blank(self, text: str) -> bool:
        """Whether the text is, or holds, something that is filled in later."""
        return bool(self.blank.search(text.replace("$$", "")))


KUBERNETES: Final = Dialect(_BLANK, old_booleans=True, null_is_absent=True)
COMPOSE: Final = Dialect(_VARIABLE)
# A file that lies over another one: what is empty there takes nothing away.
COMPOSE_LAYER: Final = Dialect(_VARIABLE, null_is_absent=True)
