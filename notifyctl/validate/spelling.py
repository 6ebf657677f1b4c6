"""What somebody may have meant by a name that does not exist."""

from collections.abc import Iterable


def closest(name: str, known: Iterable[str], likeness: float = 0.7) -> str:
    """The known name most like this one; empty if none is as like as that, from 0 to 1."""
    from difflib import get_close_matches

    by_letters = {each.lower(): each for each in known}
    found = get_close_matches(name.lower(), by_letters, n=1, cutoff=likeness)
    return by_letters[found[0]] if found else ""
