"""Quotes taken away and variables put in, as the builder does it before an instruction acts.

What a variable holds is not always known: the base image may set it, or whoever builds. A text with
such a variable in it is unknown as a whole.
"""

import re
from collections.abc import Mapping
from typing import Final

# Texts by the names of variables. A name with None is declared, and nothing has given it a value.
Variables = Mapping[str, str | None]

_NAME: Final = re.compile(r"[0-9]+|[@*#?$!-]|\w+")
_DEEPEST: Final = 50
# What Linux hands to a process at most in one variable; names that double each other grow past it.
_LONGEST: Final = 131_072


class _BrokenError(Exception):
    """A quote or a brace is never closed."""


def expand(text: str, variables: Variables, escape: str = "\\") -> str | None:
    """The text as the instruction gets it; None if that cannot be known.

    >>> expand("'$A' ${A} ${B:-x}", {"A": "1", "B": None})
    '$A 1 x'
    """
    if not any(mark in text for mark in ("$", "'", '"', escape)):
        return text
    scanner = _Scanner(text, variables, escape)
    try:
        return scanner.until("")
    except _BrokenError:
        return None


class _Scanner:
    """Goes through one text. What is read and cannot be known is None."""

    def __init__(self, text: str, variables: Variables, escape: str) -> None:
        self._text = text
        self._variables = variables
        self._escape = escape
        self._at = 0
        self._depth = 0

    def until(self, stop: str) -> str | None:
        """Everything up to a character, which is taken, too; up to the end if it is empty."""
        parts: list[str | None] = []
        while char := self._next():
            if char == stop:
                return _join(parts)
            if char == "'":
                parts.append(self._single_quoted())
            elif char == '"':
                parts.append(self._double_quoted())
            elif char == "$":
                parts.append(self._variable())
            else:
                parts.append(self._next() if char == self._escape else char)
        if stop:
            raise _BrokenError
        return _join(parts)

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at)
        if end < 0:
            raise _BrokenError
        quoted, self._at = self._text[self._at : end], end + 1
        return quoted

    def _double_quoted(self) -> str | None:
        parts: list[str | None] = []
        while char := self._next():
            if char == '"':
                return _join(parts)
            if char == "$":
                parts.append(self._variable())
            elif char == self._escape and self._peek() in ('"', "$", self._escape):
                parts.append(self._next())
            else:
                parts.append(char)
        raise _BrokenError

    def _name(self) -> str:
        match = _NAME.match(self._text, self._at)
        if match is None:
            return ""
        self._at = match.end()
        return match[0]

    def _variable(self) -> str | None:
        """What stands behind a dollar."""
        if self._peek() != "{":
            name = self._name()
            return self._variables.get(name) if name else "$"
        self._next()
        name = self._name()
        sign = self._next()
        if sign == "}":
            return self._variables.get(name)
        # With a colon, an empty value counts as none.
        empty_is_none = sign == ":"
        if empty_is_none:
            sign = self._next()
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _BrokenError
        word = self.until("}")
        self._depth -= 1
        if name not in self._variables or sign not in ("-", "+", "?"):
            return None
        value = self._variables[name]
        if value == "" and empty_is_none:
            value = None
        if sign == "+":
            return "" if value is None else word
        return word if value is None and sign == "-" else value


def _join(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or sum(map(len, known)) > _LONGEST:
        return None
    return "".join(known)
