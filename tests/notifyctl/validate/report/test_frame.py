from hypothesis import given
from hypothesis import strategies as st

from notifyctl.validate.report.columns import row, width
from notifyctl.validate.report.frame import Hidden, frames, location, mark
from notifyctl.validate.report.look import PLAIN, Look, Style
from notifyctl.validate.source import Source, Span
from tests.support.findings import SERVICE, TEXTS, at, spans

NARROW = Look(columns=40)
NOTHING: Hidden = {}


def drawn(
    *places: Span, label: str = "", look: Look = PLAIN, hidden: Hidden = NOTHING
) -> list[str]:
    """The frames of places: the first is the problem, the others explain it."""
    first, *others = places
    marks = [
        mark(first, label, "^", Style.RED),
        *(mark(place, "related", "-", Style.BLUE) for place in others),
    ]
    return list(frames(marks, look, hidden))


def test_carets_stand_under_what_is_meant() -> None:
    service = Source("service.yaml", SERVICE)

    assert drawn(at(service, "8081"), label="nobody listens") == [
        "  --> service.yaml:10:19",
        "   |",
        " 9 |     - name: ws",
        "10 |       targetPort: 8081",
        "   |                   ^^^^ nobody listens",
        "   |",
    ]


def test_carets_stand_under_wide_characters_too() -> None:
    text = Source("compose.yaml", "名前: イメージ\n")

    assert drawn(at(text, "イメージ"))[2:4] == [
        "1 | 名前: イメージ",
        "  |       ^^^^^^^^",
    ]


def test_carets_stand_right_behind_a_tab() -> None:
    text = Source("Dockerfile", "RUN\techo\n")

    assert drawn(at(text, "echo"))[2:4] == ["1 | RUN    echo", "  |        ^^^^"]


def test_an_empty_place_has_one_caret() -> None:
    text = Source("Dockerfile", "EXPOSE\n")

    assert drawn(text.span(6, 6))[3] == "  |       ^"


def test_places_near_each_other_share_a_frame_in_their_order() -> None:
    service = Source("service.yaml", SERVICE)

    assert drawn(at(service, "8081"), at(service, "name: http")) == [
        "  --> service.yaml:10:19",
        "   |",
        " 6 |   ports:",
        " 7 |     - name: http",
        "   |       ---------- related",
        "...",
        "10 |       targetPort: 8081",
        "   |                   ^^^^",
        "   |",
    ]


def test_a_single_line_between_two_places_is_shown() -> None:
    service = Source("service.yaml", SERVICE)

    assert drawn(at(service, "name: http"), at(service, "name: ws"))[3:7] == [
        "7 |     - name: http",
        "  |       ^^^^^^^^^^",
        "8 |       targetPort: http",
        "9 |     - name: ws",
    ]


def test_places_far_away_have_a_frame_of_their_own() -> None:
    service = Source("service.yaml", SERVICE)

    assert drawn(at(service, "8081"), at(service, "kind"))[5:] == [
        "   |",
        "  ::: service.yaml:2:1",
        "   |",
        " 1 | apiVersion: v1",
        " 2 | kind: Service",
        "   | ---- related",
        "   |",
    ]


def test_a_place_of_several_lines_has_a_bar_beside_it() -> None:
    service = Source("service.yaml", SERVICE)
    ports = service.span(SERVICE.index("ports"), SERVICE.index("    - name: ws"))

    assert drawn(ports, label="no ws here") == [
        " --> service.yaml:6:3",
        "  |",
        "6 | /   ports:",
        "7 | |     - name: http",
        "8 | |       targetPort: http",
        "  | |______________________^ no ws here",
        "  |",
    ]


def test_the_middle_of_a_very_long_place_is_left_out() -> None:
    service = Source("service.yaml", SERVICE)

    assert drawn(service.span(0, len(SERVICE)))[2:] == [
        " 1 | / apiVersion: v1",
        " 2 | | kind: Service",
        " 3 | | metadata: {name: notify}",
        "...  |",
        " 9 | |     - name: ws",
        "10 | |       targetPort: 8081",
        "   | |______________________^",
        "   |",
    ]


def test_a_long_line_is_cut_around_the_place() -> None:
    text = Source("Dockerfile", f"RUN {'install ' * 20}curl{' and more' * 20}\n")

    assert drawn(at(text, "curl"), look=NARROW)[2:4] == [
        "1 | …ll install curl and more and more …",
        "  |             ^^^^",
    ]


def test_the_carets_of_a_place_longer_than_the_terminal_end_at_its_edge() -> None:
    text = Source("Dockerfile", f"RUN {'x' * 100}\n")

    shown, carets = drawn(at(text, "x" * 100), look=NARROW)[2:4]

    assert shown == f"1 | RUN {'x' * 31}…"
    assert carets == f"  |     {'^' * 32}"


def test_two_places_far_apart_on_a_long_line_have_a_frame_each() -> None:
    text = Source("Dockerfile", f"EXPOSE {'8000 ' * 20}8001\n")

    lines = drawn(at(text, "8001"), at(text, "EXPOSE"), look=NARROW)

    assert [line for line in lines if "^" in line or "-- related" in line] == [
        f"  | {' ' * 12}^^^^",
        "  | ------ related",
    ]
    assert any("1 | EXPOSE 8000" in line for line in lines)


def test_the_bar_of_a_long_last_line_ends_at_the_edge() -> None:
    text = Source("Dockerfile", f"RUN \\\n{'x' * 100}\n")

    assert drawn(text.span(0, len(text.text)), look=NARROW)[2:5] == [
        "1 | / RUN \\",
        f"2 | | {'x' * 33}…",
        f"  | |{'_' * 34}^",
    ]


def test_a_label_without_room_behind_the_carets_stands_below_them() -> None:
    text = Source("Dockerfile", "EXPOSE 8000\n")

    assert drawn(
        at(text, "8000"), label="the port for WebSockets is missing in here", look=NARROW
    ) == [
        " --> Dockerfile:1:8",
        "  |",
        "1 | EXPOSE 8000",
        "  |        ^^^^",
        "  | the port for WebSockets is missing in",
        "  | here",
        "  |",
    ]


def test_a_secret_is_shown_nowhere() -> None:
    text = Source("compose.yaml", "TOKEN: s3cr3t\nPORT: 8000\n")
    hidden = {"compose.yaml": [at(text, "s3cr3t")]}

    assert drawn(at(text, "8000"), hidden=hidden)[2:4] == ["1 | TOKEN: ******", "2 | PORT: 8000"]


def test_a_source_without_text_has_only_a_name() -> None:
    answer = Source("Deployment notify/notify", "")

    assert drawn(answer.span(0, 0)) == [" --> Deployment notify/notify"]
    assert location(answer, 1, 1) == "Deployment notify/notify"


@given(data=st.data(), text=TEXTS, columns=st.integers(0, 120))
def test_any_places_in_any_text_can_be_drawn(data: st.DataObject, text: str, columns: int) -> None:
    source = Source("any.yaml", text)
    places = data.draw(st.lists(spans(source), min_size=1, max_size=4))
    hidden = {"any.yaml": data.draw(st.lists(spans(source), max_size=2))}

    lines = drawn(*places, label=data.draw(TEXTS), look=Look(columns=columns), hidden=hidden)

    assert all(line.isprintable() for line in lines)


@given(data=st.data(), line=TEXTS.map(lambda text: "".join(text.split("\n"))))
def test_the_carets_of_any_place_stand_under_its_characters(data: st.DataObject, line: str) -> None:
    start = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(start, len(line)))
    source = Source("any.yaml", f"x\n{line}x")
    wide = Look(columns=4 * len(line) + 40)

    shown, carets = drawn(source.span(start + 2, end + 2), look=wide)[-3:-1]

    assert shown.removeprefix("2 | ") == "".join(row(f"{line}x").columns).rstrip()
    # Spaces up to the place, carets for the place: each as wide as what stands above it.
    before = row(f"{line}x").starts[start]
    assert carets.removeprefix("  | ") == " " * before + "^" * max(
        row(f"{line}x").starts[end] - before, 1
    )


@given(data=st.data(), words=st.lists(st.sampled_from(["port", "私の", "\t", "é"]), max_size=80))
def test_what_is_cut_still_shows_the_place_within_the_width(
    data: st.DataObject, words: list[str]
) -> None:
    line = "".join(words) + "HERE" + "".join(data.draw(st.permutations(words)))
    source = Source("any.yaml", line)

    shown, carets = drawn(at(source, "HERE"), look=NARROW)[2:4]

    assert width(shown) <= NARROW.width
    start = carets.index("^")
    assert "".join(row(shown).columns[start : start + 4]) == "HERE"
    assert carets.count("^") == len("HERE")
