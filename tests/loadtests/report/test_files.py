from loadtests.report.document import decoded
from loadtests.report.files import files
from tests.support.load_results import document


def test_a_run_leaves_a_page_a_document_and_what_other_programs_read() -> None:
    written = files(document())

    assert sorted(written) == [
        "junit.xml",
        "latency.hgrm",
        "report.html",
        "result.json",
        "series.csv",
    ]
    assert decoded(written["result.json"]) == document()


def test_the_percentiles_are_those_of_the_delivery() -> None:
    text = files(document())["latency.hgrm"].decode()

    assert f"Total count    = {6000:12d}" in text


def test_a_run_without_a_single_latency_leaves_the_same_files() -> None:
    assert files(document(histograms={})).keys() == files(document()).keys()
