"""What a line for a shell does, as far as it can be seen without running it.

This is no shell. Quoted text is set aside, and what is left is looked at: which programs are
started, and whether the shell becomes the last one of them or waits for it.
"""

import re
from typing import Final

# Set aside, so that nothing inside looks like syntax.
_QUOTED: Final = re.compile(r"""'[^']*'|"(?:[^"\\]|\\.)*"|\\.""", re.DOTALL)
_SYNTAX: Final = re.compile(r"[;&|<>(){}`#*?\n]|\[\[|\$\(|^\s*(?:if|for|while|case|until|!)\s")
_SEPARATOR: Final = re.compile(r"&&|\|\||[;|&\n(){}`]|\b(?:then|do|else)\b")
_ASSIGNMENT: Final = re.compile(r"\s*(?:\w+=\S*\s+)*")
_EXEC: Final = re.compile(r"\s*(?:\w+=\S*\s+)*exec\s+[^\s<>]")
# A shell that waits for its child and passes signals on has a reason to stay.
_WAITS: Final = re.compile(r"(?<![\w./-])(?:trap|wait)(?![\w./-])")
_WORD: Final = re.compile(r"[^\s;&|()<>`'\"]+")


def is_simple(line: str) -> bool:
    """Whether the line is one program with its arguments, and nothing else."""
    return not _SYNTAX.search(_bare(line))


def needs_shell(line: str) -> bool:
    """Whether anything in the line is for a shell: variables, quotes and assignments, too."""
    first = line.split(maxsplit=1)[:1]
    return not is_simple(line) or any(mark in line for mark in "$'\"\\~") or "=" in "".join(first)


def hands_over(line: str) -> bool:
    """Whether the shell becomes what it starts last, or passes signals on itself."""
    bare = _bare(line)
    commands = [part for part in _SEPARATOR.split(bare) if part.strip()]
    return bool(_WAITS.search(bare)) or bool(commands and _EXEC.match(commands[-1]))


def programs(line: str) -> list[str]:
    """The names of the programs that the line starts."""
    names = []
    for part in _SEPARATOR.split(_bare(line)):
        start = _ASSIGNMENT.match(part)
        word = _WORD.match(part, start.end() if start else 0)
        if word:
            names.append(word[0].rpartition("/")[2])
    return names


def _bare(line: str) -> str:
    return _QUOTED.sub("''", line)
