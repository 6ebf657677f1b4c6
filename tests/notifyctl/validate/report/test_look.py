from notifyctl.validate.report.look import NARROWEST, PLAIN, Look, Style


def test_without_colours_a_text_stays_as_it_is() -> None:
    assert PLAIN.paint("error", Style.RED) == "error"


def test_a_style_ends_with_its_text() -> None:
    look = Look(color=True)

    assert look.paint("error", Style.RED) == "\x1b[1;31merror\x1b[0m"
    assert look.paint("", Style.RED) == ""


def test_a_paragraph_hangs_below_its_first_line() -> None:
    look = Look(columns=NARROWEST)

    assert look.paragraph("set the port of the service to its name", "        ", "  help: ") == [
        "  help: set the port of the service to",
        "        its name",
    ]


def test_a_word_that_is_too_long_stays_whole() -> None:
    path = "spec.template.spec.containers[0].readinessProbe.httpGet.port"

    assert Look(columns=1).paragraph(path) == [path]


def test_a_paragraph_without_words_is_an_empty_line() -> None:
    assert PLAIN.paragraph("", "   ") == [""]
