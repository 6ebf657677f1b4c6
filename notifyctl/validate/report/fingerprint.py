"""Names findings so that the next run, or another branch, knows them again."""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from notifyctl.validate.finding import Finding

_LENGTH: Final = 32
_LINE: Final = re.compile(r"\b(lines?) \d+(?:-\d+)?")


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """One for each finding, from its rule, its file, its object and its message.

    Lines above a finding come and go, so its place is no part of it. Of several findings that are
    alike in everything else, the second one is the second of them.
    """
    seen: Counter[str] = Counter()
    names = []
    for finding in findings:
        about = finding.about
        path = (about.kind, about.namespace, about.name, about.path) if about else ()
        message = _LINE.sub(r"\1", finding.problem.message)
        identity = "\0".join((finding.rule, finding.span.source.name, *path, message))
        seen[identity] += 1
        counted = f"{identity}\0{seen[identity]}".encode(errors="surrogatepass")
        names.append(sha256(counted).hexdigest()[:_LENGTH])
    return names
