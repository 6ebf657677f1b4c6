"""Whatever files hold, no rule fails on them: it finds something, or keeps quiet.

The examples of all rules are broken at random: a value becomes one of another type, a key goes, an
item comes twice. What comes out has the shape of the files that rules are about, and wrong things
anywhere in it.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Final

import yaml
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from notifyctl.validate.check import check
from notifyctl.validate.rules import RULES
from tests.notifyctl.validate.rules.test_examples import files_of
from tests.support.validating import TODAY, workspace

EXAMPLES: Final = [
    files_of(rule, example)
    for rule in RULES.values()
    if rule.id[:2] not in ("LV", "CL")
    for example in (rule.manual.bad, rule.manual.good)
]
ODD_TEXTS: Final = (
    "",
    "\u00b2",
    "8001",
    "$X",
    "${X:-1}",
    "%",
    ":",
    "1h",
    "{",
    "\\",
    "*",
    "/",
    "=",
    "a\nb",
)
LONG_TEXTS: Final = ("a" * 5000, "9" * 5000)
ODD_NUMBERS: Final = (0, -1, 65_536, 10**30, 1.5, float("inf"))
ODD: Final[tuple[Any, ...]] = (
    *(None, True, [], {}, [[]], [{}], {"": None}),
    *(*ODD_TEXTS, *LONG_TEXTS, *ODD_NUMBERS),
)
Place = tuple[Any, Any]


def places(node: Any) -> Iterator[Place]:
    """Every value below a node, as what holds it and its key or index there."""
    keys = (
        list(node) if isinstance(node, dict) else range(len(node) if isinstance(node, list) else 0)
    )
    for key in keys:
        yield node, key
        yield from places(node[key])


def break_yaml(text: str, draw: st.DrawFn) -> str:
    """The same documents with some wrong things in them."""
    documents = [deepcopy(each) for each in yaml.safe_load_all(text)]
    for _ in range(draw(st.integers(1, 4))):
        every = list(places(documents))
        if not every:
            break
        holder, key = every[draw(st.integers(0, len(every) - 1))]
        match draw(st.sampled_from(("replace", "remove", "twice", "elsewhere"))):
            case "replace":
                holder[key] = deepcopy(draw(st.sampled_from(ODD)))
            case "remove":
                del holder[key]
            case "twice" if isinstance(holder, list):
                holder.append(deepcopy(holder[key]))
            case _:
                other, name = every[draw(st.integers(0, len(every) - 1))]
                holder[key] = deepcopy(other.get(name)) if isinstance(other, dict) else None
    return yaml.safe_dump_all(documents, width=1_000_000)


def break_words(text: str, draw: st.DrawFn) -> str:
    """The same lines with some words gone, doubled, or replaced."""
    words = text.split(" ")
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(words) - 1))
        word = draw(st.sampled_from((*ODD_TEXTS, *LONG_TEXTS, "", words[at] * 2, "\n" + words[at])))
        words[at : at + 1] = [word]
    return " ".join(words)


@st.composite
def broken_files(draw: st.DrawFn) -> dict[str, str]:
    """The files of an example, each of them broken or left as it is."""
    files = draw(st.sampled_from(EXAMPLES)) | draw(st.sampled_from(EXAMPLES))
    found = {}
    for name, text in files.items():
        is_yaml = name.endswith((".yaml", ".yml")) and "\t" not in text
        broken = break_yaml if is_yaml and draw(st.booleans()) else break_words
        try:
            found[name] = broken(text, draw)
        except yaml.YAMLError:  # An example of a file that cannot be read.
            found[name] = break_words(text, draw)
    return found


@tried(max_examples=250)
@given(files=broken_files(), profile=st.sampled_from(("dev", "production")))
def test_no_rule_fails_on_files_that_are_broken_anyhow(files: dict[str, str], profile: str) -> None:
    found = check(workspace(files, profile=profile), TODAY)

    assert all(each.problem.message and each.span.begin <= each.span.finish for each in found)
