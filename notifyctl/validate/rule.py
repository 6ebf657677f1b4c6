"""What a rule is, and the register of all of them.

A rule is a function that is given one thing to look at, of the type its first parameter names, and
the settings, and yields problems. Its name completes "allow ...". Its docstring is the manual page,
with a `Bad::` and a `Good::` example that the tests run.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from textwrap import dedent
from typing import Any, Final, Literal

import msgspec

from notifyctl.validate.finding import Problem, Severity
from notifyctl.validate.settings import Settings

Check = Callable[[Any, Settings], Iterator[Problem]]
Profile = Literal["dev", "production"]

RULES: Final[dict[str, "Rule"]] = {}

FAMILIES: Final = {
    "NV": "every file",
    "DF": "Dockerfile",
    "CO": "compose",
    "K8": "Kubernetes",
    "XF": "files against each other",
    "LV": "a live server",
    "CL": "a live cluster",
}
_ID: Final = re.compile(f"(?:{'|'.join(FAMILIES)})[0-9]{{3}}")
_BLOCK: Final = re.compile(r"^(Bad|Good)::\n\n((?:(?: {4}.*)?\n)+)", re.MULTILINE)


class Rule(msgspec.Struct, frozen=True):
    """One rule: its id, how bad its problems are, and the function that finds them.

    `production` is the severity under the production profile where that is another; a rule that
    is `only` for production says nothing under the profile for development.
    """

    id: str
    severity: Severity
    check: Check
    subject: type
    production: Severity
    only_production: bool

    @property
    def name(self) -> str:
        """What it does not allow, with hyphens: `missing-readiness-probe`."""
        return self.check.__name__.replace("_", "-")

    @property
    def manual(self) -> "Manual":
        """Its manual page."""
        return read_manual(inspect.cleandoc(self.check.__doc__ or ""))

    def severity_in(self, profile: Profile) -> Severity:
        """How bad its problems are under a profile."""
        return self.production if profile == "production" else self.severity


class Manual(msgspec.Struct, frozen=True):
    """A rule's docstring, taken apart. An example may hold several files, each below a comment
    line `# file: NAME`."""

    summary: str
    explanation: str
    bad: str
    good: str


def rule(
    id: str,  # noqa: A002 - the word of every linter
    severity: Literal["error", "warning", "info"],
    *,
    production: Literal["error", "warning", "info"] | None = None,
    only: Literal["production"] | None = None,
) -> Callable[[Check], Check]:
    """Register a function as the rule of this id."""
    if not _ID.fullmatch(id) or id in RULES:
        raise ValueError(f"{id} is no id of a rule, or is taken")

    def register(check: Check) -> Check:
        subject = next(iter(check.__annotations__.values()))
        RULES[id] = Rule(
            id,
            Severity(severity),
            check,
            subject,
            Severity(production or severity),
            only == "production",
        )
        return check

    return register


def read_manual(text: str) -> Manual:
    """Take a docstring apart."""
    blocks = {match[1]: dedent(match[2]).strip("\n") for match in _BLOCK.finditer(text + "\n")}
    prose = _BLOCK.sub("", text + "\n").strip()
    summary, _, explanation = prose.partition("\n\n")
    return Manual(
        summary.replace("\n", " "),
        re.sub(r"\n{3,}", "\n\n", explanation).strip(),
        blocks.get("Bad", ""),
        blocks.get("Good", ""),
    )
