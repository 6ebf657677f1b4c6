import re
from html.parser import HTMLParser

import pytest

from loadtests.report.charts import MOST_POINTS, charts
from loadtests.report.page import page
from tests.support.load_results import check, document, judgement, tick

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page as a browser does, and minds what is left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_every_element_is_closed() -> None:
    assert Page(page(document())).open == []


def test_it_needs_nothing_else_and_runs_nothing() -> None:
    text = page(document())
    tags = {tag for tag, _ in Page(text).seen}

    assert tags.isdisjoint({"script", "link", "img", "iframe"})
    assert not re.search(r"(src|href)=|url\(|@import", text)


def test_it_has_every_chart_and_every_threshold() -> None:
    read = Page(page(document()))

    assert sum(tag == "svg" for tag, _ in read.seen) == len(charts(document()))
    assert all(each.threshold in read.text for each in document().checks)


@pytest.mark.parametrize(
    ("outcome", "word"), [("pass", "passed"), ("fail", "failed"), ("unknown", "inconclusive")]
)
def test_the_verdict_stands_at_the_top(outcome: str, word: str) -> None:
    read = Page(page(document(outcome=outcome)))

    assert f"Load test: delivery {word}" in read.text
    assert ("span", {"class": f"badge {outcome}"}) in read.seen


def test_a_breach_is_named_with_its_first_message() -> None:
    read = Page(page(document(judgement=judgement(lost=5))))

    assert "lost at u7's d0: #41 of w1 to u7 and 4 more" in read.text
    assert ("td", {"class": "fail"}) in read.seen


def test_when_nothing_is_wrong_nothing_is_red() -> None:
    assert ("td", {"class": "fail"}) not in Page(page(document())).seen


def test_a_run_that_was_never_judged_does_not_look_like_a_good_one() -> None:
    assert "Nobody knows" in Page(page(document(judgement=None))).text


def test_what_others_wrote_is_text_and_no_markup() -> None:
    evil = "<script>alert(1)</script>"
    written = document(
        notes=[evil],
        command=evil,
        target=evil,
        environment={evil: evil},
        checks=[check(evil, 1, 2, verdict="unknown", why=evil)],
    )

    assert evil not in page(written)
    assert evil in Page(page(written)).text


def test_it_says_how_to_do_it_again() -> None:
    assert "notifyctl load delivery --rate 200" in Page(page(document())).text


def test_facts_read_as_words() -> None:
    facts = {"co_located": True, "threads": 1, "share": 0.12345, "parts": {"a": [1, 2]}, "no": None}
    text = Page(page(document(environment=facts))).text

    for words in ("co located", "yes", "0.1235", "a 1, 2"):
        assert words in text


def test_a_comparison_has_its_own_table() -> None:
    worse = check("delivery.p99 <= 120% of the baseline", 1000, 2000, verdict="fail")

    assert "Beside the baseline" in Page(page(document(comparison=[worse]))).text
    assert "Beside the baseline" not in Page(page(document())).text


def test_a_long_run_says_that_its_points_are_the_worst_of_several_seconds() -> None:
    long = [tick(second) for second in range(MOST_POINTS + 1)]

    assert "the highest of 2 seconds" in Page(page(document(series=long))).text
