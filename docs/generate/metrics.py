"""`metrics.md`: what operators watch."""

from prometheus_client.metrics import MetricWrapperBase

from docs.generate.page import code, page, table
from notifyd.metrics import Metrics

INTRODUCTION = """\
`GET /metrics` on the HTTP port answers in the Prometheus text format. Beside these there are
the usual `process_…` figures. A histogram has `_bucket`, `_sum` and `_count`; a counter's name
ends in `_total`."""


def metrics() -> str:
    """The page."""
    return page(
        "Metrics",
        "`server/notifyd/metrics.py`",
        INTRODUCTION,
        table(("metric", "type", "labels", "meaning"), sorted(rows(Metrics()))),
    )


def rows(figures: Metrics) -> list[tuple[str, str, str, str]]:
    """One row per metric: its name, type, labels and meaning."""
    found = []
    # Which labels a metric has, the library keeps to itself until there is a first value.
    for metric in figures._registry._collector_to_names:
        if isinstance(metric, MetricWrapperBase):
            (family,) = metric.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ", ".join(map(code, metric._labelnames)) or "-"
            found.append((code(name), family.type, labels, family.documentation))
    return found
