"""The files of a result, by their names."""

from loadtests.histogram import Histogram, hgrm
from loadtests.report.document import Document, encoded
from loadtests.report.junit import junit
from loadtests.report.page import page
from loadtests.report.series import csv_text


def files(document: Document) -> dict[str, bytes]:
    """What to write into the folder of a run."""
    main = document.main
    latencies = Histogram() if main is None else document.histograms[main]
    return {
        "result.json": encoded(document),
        "report.html": page(document).encode(),
        "series.csv": csv_text(document.series).encode(),
        "junit.xml": junit(document).encode(),
        "latency.hgrm": hgrm(latencies).encode(),
    }
