from hypothesis import given

from notifyctl.validate.report.diff import painted
from notifyctl.validate.report.look import PLAIN, Look
from tests.support.findings import TEXTS

DIFF = "--- a/Dockerfile\n+++ b/Dockerfile\n@@ -1 +1 @@\n-EXPOSE 8000\n+EXPOSE 8000 8001\n"


def test_what_goes_is_red_and_what_comes_is_green() -> None:
    lines = painted(DIFF, Look(color=True)).splitlines()

    assert lines[0] == "\x1b[1m--- a/Dockerfile\x1b[0m"
    assert lines[3] == "\x1b[1;31m-EXPOSE 8000\x1b[0m"
    assert lines[4] == "\x1b[32m+EXPOSE 8000 8001\x1b[0m"


def test_without_colours_a_diff_stays_as_it_is() -> None:
    assert painted(DIFF, PLAIN) == DIFF


@given(text=TEXTS)
def test_nothing_in_a_diff_is_obeyed_by_a_terminal(text: str) -> None:
    assert painted(f"{text}\n", PLAIN).replace("\n", "").isprintable()
