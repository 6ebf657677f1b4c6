"""`close-codes.md`: why a session ends, and whether the client comes back."""

from docs.generate.page import block, code, page, table
from notifyctl.wire import CloseCode, close_reason, comes_back, explain, word_for

INTRODUCTION = """\
The range decides what a client does: after 4400-4499 it comes back and resumes, after 4500-4599
it stops until something changes. The close frame's reason is JSON, and its `retry_ms`, if there
is one, is how long to wait:"""

STANDARD = {
    1000: "A normal end.",
    1001: "The server or the page goes away.",
    1002: "The client broke the WebSocket protocol.",
    1003: "The client sent something other than text.",
    1005: "The close frame named no code.",
    1006: "The connection broke without a close frame.",
    1007: "The client sent what is no UTF-8.",
    1009: "The client sent a frame larger than 64 KiB.",
    1011: "The server met an error of its own.",
    1012: "The server restarts.",
    1013: "The server, or a proxy, is too busy.",
}


def close_codes() -> str:
    """The page."""
    headings = ("code", "word", "the client", "why")
    ours = [(str(int(one)), code(word_for(one)), then(one), explain(one)) for one in CloseCode]
    standard = [(str(number), then(number), why) for number, why in STANDARD.items()]
    return page(
        "Close codes",
        "`notifyctl/wire/close.py`",
        INTRODUCTION,
        block("json", close_reason(CloseCode.DRAINING, 1830)),
        table(headings, ours),
        "## Standard codes",
        "These come from the WebSocket protocol itself, from proxies and from networks.",
        table(("code", "the client", "why"), standard),
    )


def then(number: int) -> str:
    """What a client does after the code."""
    return "comes back" if comes_back(number) else "stops"
