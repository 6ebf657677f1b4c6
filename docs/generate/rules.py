"""`rules.md`: what `notifyctl validate` looks for, from the rules' docstrings."""

from collections.abc import Iterator

from docs.generate.page import anchor, block, page, table
from notifyctl.validate.explain import when
from notifyctl.validate.rule import FAMILIES, Rule
from notifyctl.validate.rules import RULES
from notifyctl.validate.source import Source
from notifyctl.validate.yaml_reader import read_yaml

INTRODUCTION = """\
`notifyctl validate` asks these rules. `notifyctl validate --explain RULE` prints what stands here,
`--list-rules` all of them, with `--json` for programs. A finding that is right where it stands gets
an exception, with a reason:"""

EXCEPTION = """\
# notifyctl: ignore[DF108] reason="rebuilt and tested every night" until=2027-01-31
FROM python"""


def rules() -> str:
    """The page."""
    return page(
        "Rules",
        "the docstrings in `notifyctl/validate/rules/`",
        INTRODUCTION,
        block("dockerfile", EXCEPTION),
        *families(),
        *(described(rule) for rule in known()),
    )


def known() -> list[Rule]:
    """All rules: their families in order, and the rules of each by their ids."""
    order = list(FAMILIES)
    return sorted(RULES.values(), key=lambda rule: (order.index(rule.id[:2]), rule.id))


def families() -> Iterator[str]:
    """A table for each family."""
    for family, subject in FAMILIES.items():
        rows = [
            (f"[{rule.id}](#{anchor(heading(rule))})", when(rule), rule.manual.summary)
            for rule in known()
            if rule.id.startswith(family)
        ]
        if rows:
            yield f"**{subject[0].upper()}{subject[1:]}**"
            yield table(("rule", "severity", "what is wrong"), rows)


def heading(rule: Rule) -> str:
    """`K8301 missing-readiness-probe`."""
    return f"{rule.id} {rule.name}"


def described(rule: Rule) -> str:
    """The manual page of a rule."""
    manual = rule.manual
    parts = [f"## {heading(rule)}", f"*{when(rule)}.* {manual.summary}", manual.explanation]
    for word, example in (("Bad", manual.bad), ("Good", manual.good)):
        if example:
            parts += [f"{word}:", block(language(rule, example), example)]
    return "\n\n".join(part for part in parts if part)


def language(rule: Rule, example: str) -> str:
    """What an example is written in; several kinds of files, and what is broken, are plain text."""
    if rule.id.startswith("DF") and "# file: " not in example:
        return "dockerfile"
    reading = read_yaml(Source(rule.id, example))
    # Compose's `!reset` means nothing to most readers of YAML.
    has_tags = any(node.tag for document in reading.documents for node in document.walk())
    return "yaml" if reading.documents and not reading.flaws and not has_tags else "text"
