import msgspec
import pytest

from loadtests.baseline import Limits
from loadtests.defaults import thresholds_of
from loadtests.lines import Result
from loadtests.report.conclusion import checks, comparison, generator_of, sentence
from loadtests.verdict import overall
from tests.support.load_results import document, histogram, judgement, result


def concluded(found: Result, *given: str) -> tuple[str, str]:
    judged = checks(found, thresholds_of("delivery", given))
    outcome = overall([check.verdict for check in judged])
    return outcome, sentence(outcome, judged, found)


def losing(**counts: int) -> Result:
    return result(judgement=msgspec.to_builtins(judgement(**counts)))


def test_a_good_run_says_how_much_came_and_how_fast() -> None:
    outcome, words = concluded(result())

    assert outcome == "pass"
    assert words == (
        "All 10 thresholds were met: 6,000 copies came to 200 devices, and none was lost, doubled"
        " or reordered; delivery took 4.96 ms (p99)."
    )


def test_a_bad_run_names_every_threshold_that_was_missed() -> None:
    outcome, words = concluded(losing(lost=5), "delivery.p99<1ms")

    assert outcome == "fail"
    assert words == (
        "2 of 10 thresholds were missed: delivery.p99<1ms (measured 4.96 ms), lost==0 (measured 5)."
    )


def test_one_missed_threshold_is_one() -> None:
    assert concluded(losing(lost=5))[1].startswith("1 of 10 thresholds was missed: lost==0")


def test_a_generator_at_its_limit_says_nothing_about_the_server() -> None:
    busy = result(figures={"rate.achieved": 1.0, "connect.achieved": 1.0, "generator.cpu": 0.97})
    outcome, words = concluded(busy)

    assert generator_of(busy).cpu == 0.97
    assert outcome == "unknown"
    assert words.startswith("This says nothing about the server: delivery.p99<250ms: the generator")


def test_a_late_generator_is_inconclusive_and_not_a_slow_server() -> None:
    late = result(histograms={**result().histograms, "lag": histogram(200_000, 500)})

    assert concluded(late)[0] == "unknown"


def test_a_message_is_lost_whatever_the_generator_did() -> None:
    late = msgspec.structs.replace(
        losing(lost=1), histograms={**result().histograms, "lag": histogram(200_000, 500)}
    )

    assert concluded(late)[0] == "fail"


def test_a_run_that_was_stopped_early_says_so() -> None:
    assert concluded(result(partial=True))[1].startswith("The run was stopped early. All 10")


@pytest.mark.parametrize(("median", "verdict"), [(2_000, "pass"), (4_000, "fail")])
def test_a_run_is_held_against_an_earlier_one(median: float, verdict: str) -> None:
    slower = result(histograms={**result().histograms, "delivery": histogram(median, 6000)})
    found = comparison(slower, document(), Limits(every=0.2))

    (p50,) = [check for check in found if check.threshold.startswith("delivery.p50")]
    assert p50.verdict == verdict


def test_an_earlier_run_without_a_ledger_can_still_be_compared_with() -> None:
    assert comparison(result(), document(judgement=None), Limits(every=0.2))
