"""What a run found, in the format that its reader wants: a person, an editor, a pipeline.

Each format is a function that makes one text of an outcome. Only the one that is asked for is
loaded.
"""

from typing import Final, Literal, assert_never, get_args

from notifyctl.validate.outcome import Outcome
from notifyctl.validate.report.look import PLAIN, Look

Format = Literal["full", "concise", "json", "sarif", "junit", "github"]

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
# What people read; all others are for programs, and hold no summary.
FOR_PEOPLE: Final[tuple[Format, ...]] = ("full", "concise")


def render(form: Format, outcome: Outcome, look: Look = PLAIN) -> str:
    """The outcome in a format, with a line end after its last line; empty if it has none.

    `look` is for `full` alone. What is in it may be shown on any terminal.
    """
    match form:
        case "full":
            from notifyctl.validate.report.full import full

            return full(outcome, look)
        case "concise":
            from notifyctl.validate.report.concise import concise

            return concise(outcome)
        case "json":
            from notifyctl.validate.report.document import document

            return document(outcome)
        case "sarif":
            from notifyctl.validate.report.sarif import sarif

            return sarif(outcome)
        case "junit":
            from notifyctl.validate.report.junit import junit

            return junit(outcome)
        case "github":
            from notifyctl.validate.report.github import github

            return github(outcome)
    assert_never(form)
