"""`--explain` and `--list-rules`: what is checked, and why; and what to do about a wrong name."""

import sys

from notifyctl.cli.reporting import look
from notifyctl.errors import UsageError


def explain(name: str) -> None:
    """Print a rule's manual page. Raises `UsageError` for an unknown rule."""
    from notifyctl.validate import explain as manual
    from notifyctl.validate.rules import RULES

    rule = manual.find(name, RULES.values())
    if rule is None:
        raise unknown_rule(name)
    sys.stdout.write(manual.explain(rule, look(sys.stdout.isatty())))


def list_rules(*, json: bool) -> None:
    """Print all rules, one per line."""
    from notifyctl.validate import explain as manual
    from notifyctl.validate.rules import RULES

    rules = RULES.values()
    text = (
        manual.rules_as_json(rules) if json else manual.list_rules(rules, look(sys.stdout.isatty()))
    )
    sys.stdout.write(text)


def unknown_rule(name: str) -> UsageError:
    """There is no such rule; perhaps another one was meant."""
    from notifyctl.validate.explain import meant
    from notifyctl.validate.rules import RULES

    guess = meant(name, RULES.values())
    step = f"did you mean {guess}?" if guess else "notifyctl validate --list-rules shows them all."
    return UsageError(problem=f"There is no rule {name!r}; {step}")
