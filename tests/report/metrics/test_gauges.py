"""Gauges as text: whatever a label says, two parsers read it back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import parser as classic
from prometheus_client.openmetrics import parser as openmetrics

from provisioner.foundation.text_safety import LONGEST_SHOWN, excerpt
from provisioner.report.metrics.gauges import Gauges
from provisioner.report.metrics.metric_table import DRIFTED, LAST_LOOK, METRICS, OBJECTIVE, STATE


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=3 * LONGEST_SHOWN))
def test_a_hostile_label_is_one_label_and_bounded(name: str) -> None:
    gauges = Gauges("drift")
    gauges.set(DRIFTED, 1, "prod", name)
    text = gauges.text().decode()
    for parse in (openmetrics.text_string_to_metric_families, classic.text_string_to_metric_families):
        (sample,) = (sample for family in parse(text) for sample in family.samples)
        assert sample.labels == {"environment": "prod", "application": excerpt(name), "command": "drift"}
        assert len(sample.labels["application"]) <= LONGEST_SHOWN
    assert all(ord(char) >= 32 for line in text.splitlines() for char in line)


def test_what_several_commands_write_says_by_which() -> None:
    """node_exporter refuses a folder in which a series stands twice."""
    for metric in METRICS:
        assert ("command" in metric.all_labels) == (len(metric.commands) > 1), metric.name
        assert metric.name.startswith("trtc_recording_")
        assert metric.name.endswith(("_seconds", "_ratio")) or not metric.name.endswith("_total")


def test_every_metric_of_a_command_is_named_without_a_value_too() -> None:
    text = Gauges("coverage").text().decode()
    assert f"# HELP {OBJECTIVE.name} {OBJECTIVE.about}\n# TYPE {OBJECTIVE.name} gauge\n" in text
    assert STATE.name not in text
    assert text.endswith("# EOF\n")


def test_a_moment_is_unix_time() -> None:
    gauges = Gauges("evidence")
    gauges.moment(LAST_LOOK, "2026-11-22T12:00:00Z", "prod")
    assert f'{LAST_LOOK.name}{{command="evidence",environment="prod"}} 1.7953488e+09' in gauges.text().decode()
