from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadtests.lines import Failed, Result
from loadtests.report.document import decoded, encoded
from tests.support.command_line import Notifyctl, on_a_terminal
from tests.support.fake_runs import Told
from tests.support.load_results import document, histogram, judgement, lines, result, series, tick

SECRET = "a-secret-of-32-bytes-and-then-some"


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(tmp_path, monkeypatch)


def losing() -> Result:
    return result(judgement=msgspec.to_builtins(judgement(lost=5)))


def test_a_good_run_ends_with_tables_a_sentence_and_status_0(
    notifyctl: Notifyctl, told: Told
) -> None:
    told.by(lines())
    done = notifyctl("load")

    assert done.status == 0
    assert "delivery.p99<250ms      4.96 ms" in done.out
    assert "lost          0 " in done.out
    assert done.out.splitlines()[-1].startswith("All 10 thresholds were met: 6,000 copies came")


def test_a_run_that_lost_something_ends_with_status_1(notifyctl: Notifyctl, told: Told) -> None:
    told.by(lines(losing()))
    done = notifyctl("load")

    assert done.status == 1
    assert done.out.splitlines()[-1] == ("1 of 10 thresholds was missed: lost==0 (measured 5).")


def test_a_generator_at_its_limit_ends_with_status_3(notifyctl: Notifyctl, told: Told) -> None:
    figures = {**result().figures, "generator.cpu": 0.99}
    told.by(lines(result(figures=figures)))
    done = notifyctl("load")

    assert done.status == 3
    assert done.out.splitlines()[-1].startswith("This says nothing about the server: ")


def test_without_a_single_message_nothing_passes(notifyctl: Notifyctl, told: Told) -> None:
    told.by(lines(result(histograms={}, judgement=msgspec.to_builtins(judgement(expected=0)))))

    assert notifyctl("load").status == 3


def test_a_run_that_failed_says_why(notifyctl: Notifyctl, told: Told) -> None:
    told.by([Failed(reason="Nothing answers at http://127.0.0.1:1/readyz.")])
    done = notifyctl("load")

    assert done.status == 3
    assert done.err.splitlines()[-1] == (
        "notifyctl: The load test says nothing about the server: Nothing answers at"
        " http://127.0.0.1:1/readyz."
    )


def test_a_runner_that_breaks_down_is_one_sentence(notifyctl: Notifyctl, told: Told) -> None:
    told.by_program("raise RuntimeError('out of paper')")
    done = notifyctl("load")

    assert done.status == 3
    assert done.err == (
        "notifyctl: The load test says nothing about the server: the runner ended with status 1"
        " (RuntimeError: out of paper).\n"
    )


def test_what_is_no_line_is_shown_to_nobody_as_a_traceback(
    notifyctl: Notifyctl, told: Told
) -> None:
    told.by_program("print('Segmentation fault')")
    done = notifyctl("load")

    assert done.status == 3
    assert "Traceback" not in done.err
    assert "Segmentation fault" in done.err


def test_with_json_the_lines_themselves_come_out_and_the_verdict_at_the_end(
    notifyctl: Notifyctl, told: Told
) -> None:
    told.by(lines(losing()))
    done = notifyctl("load", "--json")

    assert [each["line"] for each in done.objects[:2]] == ["note", "phase"]
    assert done.objects[-2]["line"] == "result"
    verdict = done.objects[-1]
    assert (verdict["line"], verdict["outcome"]) == ("verdict", "fail")
    assert [one["threshold"] for one in verdict["checks"] if one["verdict"] == "fail"] == [
        "lost==0"
    ]


def test_the_files_of_a_run_are_kept(notifyctl: Notifyctl, told: Told, tmp_path: Path) -> None:
    told.by(lines())
    folder = tmp_path / "results" / "today"
    done = notifyctl("load", "--out", folder)

    assert done.status == 0
    assert f"The report is {folder / 'report.html'}." in done.err
    found = decoded((folder / "result.json").read_bytes())
    assert found.outcome == "pass"
    assert found.notes == ["Five sessions of each user."]
    assert found.command == f"notifyctl load --out {folder}"
    assert found.environment.keys() >= {"generator and server on one machine", "cores"}


def test_no_secret_is_kept_and_none_is_printed(
    notifyctl: Notifyctl, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFYD_JWT_SECRET", SECRET)
    told.by(lines())
    options = ("--target", "http://127.0.0.1:8000", "--out", tmp_path / "results")
    done = notifyctl("load", *options)

    assert told.spec["target"]["secret"] == SECRET
    kept = b"".join(path.read_bytes() for path in (tmp_path / "results").iterdir())
    assert SECRET.encode() not in kept
    assert SECRET not in done.out + done.err
    assert b"http://127.0.0.1:8000" in kept


def test_a_folder_that_cannot_be_made_is_refused_before_the_run(
    notifyctl: Notifyctl, told: Told, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    done = notifyctl("load", "--out", tmp_path / "file" / "results")

    assert done.status == 1
    assert "cannot be written" in done.err


def test_a_run_is_held_against_an_earlier_one(
    notifyctl: Notifyctl, told: Told, tmp_path: Path
) -> None:
    baseline = tmp_path / "old.json"
    baseline.write_bytes(encoded(document()))
    slower = {**result().histograms, "delivery": histogram(5_000, 6000)}
    told.by(lines(result(histograms=slower)))

    worse = notifyctl("load", "--baseline", baseline)
    assert worse.status == 1
    assert "delivery.p50 <= 120% of the baseline (measured 5.0" in worse.out.splitlines()[-1]

    assert notifyctl("load", "--baseline", baseline, "--max-regress", "400%").status == 0


def test_what_is_no_result_cannot_be_compared_with(
    notifyctl: Notifyctl, told: Told, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text("{}")
    done = notifyctl("load", "--baseline", tmp_path / "old.json")

    assert done.status == 2
    assert "no result of a load run" in done.err


def test_a_run_that_has_failed_already_ends_early_if_that_is_wished(
    notifyctl: Notifyctl, told: Told
) -> None:
    bad = [*series()[:-1], tick(38, lost=1)]
    told.by(lines(losing()), "endless")
    told.by(lines(msgspec.structs.replace(losing(), series=bad)), "endless")
    done = notifyctl("load", "--abort-on-fail")

    assert done.status == 1
    assert "lost==0 cannot be met any more; the run ends here." in done.err
    assert "The run was stopped early. 1 of 10" in done.out


def test_on_a_terminal_nothing_of_the_live_table_is_left(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.by(lines())
    with on_a_terminal(monkeypatch, columns=100):
        done = notifyctl("load")

    assert done.status == 0
    assert "All 10 thresholds were met" in done.out


def test_an_interrupted_run_gives_what_it_has_and_status_130(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.by(lines(), "endless")
    interrupt_at_first_second(monkeypatch)
    done = notifyctl("load")

    assert done.status == 130
    assert "Ending early; once more ends it at once." in done.err
    assert "The run was stopped early. All 10 thresholds were met" in done.out


def test_an_interrupted_run_that_lost_something_has_failed(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told.by(lines(losing()), "endless")
    interrupt_at_first_second(monkeypatch)

    assert notifyctl("load").status == 1


def interrupt_at_first_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person presses Ctrl-C as soon as there is something to see."""
    import os
    import signal

    from notifyctl.cli.load_screen import PlainScreen

    pressed: list[int] = []
    show = PlainScreen.show

    def shown(self: PlainScreen, line: Any, text: bytes) -> None:
        show(self, line, text)
        if b'"tick"' in text and not pressed:
            pressed.append(1)
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(PlainScreen, "show", shown)


def test_a_run_can_be_interrupted_before_there_is_a_result(
    notifyctl: Notifyctl, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_at_first_second(monkeypatch)
    told.by_program(
        "import signal, time\n"
        "signal.signal(signal.SIGINT, lambda *_: exit(1))\n"
        'print(\'{"line":"tick","second":1,"phase":"ramp"}\', flush=True)\n'
        "time.sleep(600)"
    )
    done = notifyctl("load")

    assert done.status == 130
    assert "before there was anything to judge" in done.err
