"""`report.html`: the result as one page that needs nothing else, for a design review."""

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import Any, Final

from loadtests.plot import svg
from loadtests.report import tables
from loadtests.report.charts import MOST_POINTS, charts
from loadtests.report.document import Document
from loadtests.report.numbers import UNMEASURED, count, latency, milliseconds, share

_WORDS: Final = {"pass": "passed", "fail": "failed", "unknown": "inconclusive"}
_METHOD: Final = """\
Messages are due at times that are fixed before the run begins, and a latency counts from that time
to the end of its reading at the device, not from when the message was sent: a server that stalls
does not slow its own test down. Quantiles come from histograms with an error below 0.8 %, which are
added up over seconds and processes, and never averaged. Warming up is not counted. Every message
carries its number, and both ends keep a ledger; what is missing is called lost only after
publishing has stopped and everybody had time to read to the end. The lag is how late a sleep of
10 ms ends in the generator: a latency that is not far above it is
the generator's."""


def page(document: Document) -> str:
    """The page."""
    style = files(__package__).joinpath("page.css").read_text()
    title = f"{document.spec.scenario}: {_WORDS[document.outcome]}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Load test · {escape(title)}</title>\n<style>\n{style}</style>",
            "</head>\n<body>",
            *_header(document),
            *_thresholds(document),
            *_losses(document),
            *_charts(document),
            *_latencies(document),
            *_circumstances(document),
            "</body>\n</html>\n",
        ]
    )


def _header(document: Document) -> Iterator[str]:
    badge = f'<span class="badge {document.outcome}">{_WORDS[document.outcome]}</span>'
    where = document.target or "a server of its own"
    yield f"<header>\n<h1>Load test: {escape(document.spec.scenario)} {badge}</h1>"
    about = f"{tables.asked(document)} · against {where}"
    yield f'<p class="quiet">{escape(about)}<br>{escape(document.started)}'
    yield f" · notifyctl {escape(document.version)}</p>"
    yield f'<p class="sentence">{escape(document.sentence)}</p>'
    tiles = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in _tiles(document)
    )
    yield f'<dl class="tiles">{tiles}</dl>\n</header>'


def _tiles(document: Document) -> Iterator[tuple[str, str]]:
    if document.main is not None:
        histogram = document.histograms[document.main]
        for name, at in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
            yield f"{document.main} {name}", latency(histogram.quantile(at))
    if (achieved := document.figures.get("rate.achieved")) is not None:
        yield "of the rate achieved", share(achieved)
    if document.judgement is not None:
        figures = document.judgement.figures
        yield "copies received", count(figures.received)
        yield "lost", count(figures.lost)
        yield "doubled", count(figures.duplicated)
        yield "out of order", count(figures.out_of_order)
    if document.series:
        yield "worst lag", milliseconds(max(tick.lag for tick in document.series))


def _thresholds(document: Document) -> Iterator[str]:
    yield "<h2>Thresholds</h2>"
    if not document.checks:
        yield "<p>None were set.</p>"
        return
    kinds = [check.verdict for check in document.checks]
    yield _table(tables.CHECK_COLUMNS, tables.check_rows(document.checks), {1, 2}, kinds)
    if document.comparison:
        kinds = [check.verdict for check in document.comparison]
        yield "<h2>Beside the baseline</h2>"
        yield _table(tables.CHECK_COLUMNS, tables.check_rows(document.comparison), {1, 2}, kinds)


def _losses(document: Document) -> Iterator[str]:
    yield "<h2>What became of the messages</h2>"
    if document.judgement is None:
        yield "<p>Nobody knows: the run ended before the ledger was judged.</p>"
        return
    figures = document.judgement.figures
    kinds = [
        "fail" if name in _breaches() and number != "0" else ""
        for name, number, _ in tables.loss_rows(figures)
    ]
    yield _table(tables.LOSS_COLUMNS, tables.loss_rows(figures), {1}, kinds)
    if document.judgement.violations:
        yield "<p>The first of each kind at each device:</p>\n<ul>"
        shown = document.judgement.violations[:20]
        yield from (f"<li>{escape(str(violation))}</li>" for violation in shown)
        yield "</ul>"


def _breaches() -> set[str]:
    return {name.replace("_", " ") for name in tables.BREACHES}


def _charts(document: Document) -> Iterator[str]:
    yield '<h2>Over time</h2>\n<div class="charts">'
    yield from (f"<figure>{svg(chart)}</figure>" for chart in charts(document))
    yield "</div>"
    if len(document.series) > MOST_POINTS:
        seconds = -(-len(document.series) // MOST_POINTS)
        yield f'<p class="quiet">Each point is the highest of {seconds} seconds.</p>'


def _latencies(document: Document) -> Iterator[str]:
    rows = tables.latency_rows(document.histograms)
    if rows:
        yield "<h2>Latencies</h2>"
        yield _table(tables.LATENCY_COLUMNS, rows, set(range(1, len(tables.LATENCY_COLUMNS))))
    if figures := tables.figure_rows(document.figures):
        yield "<h2>Figures</h2>"
        yield _table(tables.FIGURE_COLUMNS, figures, {1})


def _circumstances(document: Document) -> Iterator[str]:
    yield "<h2>Where it was measured</h2>"
    yield _facts(document.environment | tables.busy(document.series))
    if document.notes:
        yield "<ul>"
        yield from (f"<li>{escape(note)}</li>" for note in document.notes)
        yield "</ul>"
    yield f"<h2>How it was measured</h2>\n<p>{_METHOD}</p>"
    yield f"<p>To do it again:</p>\n<pre>{escape(document.command)}</pre>"


def _facts(facts: dict[str, Any]) -> str:
    rows = "\n".join(
        f"<tr><th>{escape(name.replace('_', ' '))}</th><td>{escape(_fact(value))}</td></tr>"
        for name, value in facts.items()
    )
    return f'<div class="wide"><table class="facts">\n{rows}\n</table></div>'


def _fact(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value:,.4g}" if value != round(value) else f"{value:,.0f}"
        case dict():
            return ", ".join(f"{name} {_fact(each)}" for name, each in value.items())
        case list() | tuple():
            return ", ".join(_fact(each) for each in value)
        case _:
            return UNMEASURED if value is None else str(value)


def _table(
    columns: Sequence[str],
    rows: Sequence[tables.Row],
    numbers: set[int],
    kinds: Sequence[str] = (),
) -> str:
    """A table; `numbers` are the columns to align, `kinds` what colours the last cell of a row."""

    def cell(tag: str, number: int, text: str, kind: str = "") -> str:
        named = " ".join(filter(None, ("number" if number in numbers else "", kind)))
        return f'<{tag} class="{named}">{escape(text)}</{tag}>' if named else _plain(tag, text)

    head = "".join(cell("th", number, name) for number, name in enumerate(columns))
    lines = []
    for place, row in enumerate(rows):
        kind = kinds[place] if place < len(kinds) else ""
        cells = (
            cell("td", number, text, kind if number == len(row) - 1 else "")
            for number, text in enumerate(row)
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = "\n".join(lines)
    return f'<div class="wide"><table>\n<tr>{head}</tr>\n{body}\n</table></div>'


def _plain(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"
