"""The table of metrics is what docs and rules go by."""

from __future__ import annotations

from provisioner.report.metrics.metric_table import METRICS, markdown


def test_names_are_unique_and_the_page_lists_each() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    rows = markdown().splitlines()[2:]
    assert [row.split("`")[1] for row in rows] == [metric.name for metric in METRICS]
