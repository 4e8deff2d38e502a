"""What drift leaves behind for Prometheus."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from provisioner.report.metrics.health_metrics import drift_metrics
from provisioner.report.plan.plan_view import read_plan
from tests.report.plans import LAST_EQUAL, MODE, Document, app, outage, plan

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
Series = dict[tuple[str, ...], float]


def series(document: Document, name: str) -> Series:
    """Values of one metric by the labels that tell its series apart."""
    text = drift_metrics([read_plan(document, LAST_EQUAL)], ["prod"], NOW).decode()
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    found: Series = {}
    for sample in samples:
        labels = {key: value for key, value in sorted(sample.labels.items()) if key not in ("environment", "command")}
        if sample.name == f"trtc_recording_{name}":
            found[tuple(labels.values())] = sample.value
    return found


def test_an_outage_is_a_number() -> None:
    assert series(outage(), "drifted") == {("call",): 1, ("desk",): 1, ("video-call",): 1}
    assert series(outage(), "as_specified") == {("call",): 1, ("desk",): 0, ("video-call",): 0}
    assert series(outage(), "state") == {
        ("call", "low", "settings-differ"): 1,
        ("desk", "high", "recording-unwanted"): 1,
        ("video-call", "high", "not-recording"): 1,
    }
    until = datetime(2026, 11, 22, 11, 47, 31, tzinfo=UTC).timestamp()
    assert series(outage(), "as_specified_until_timestamp_seconds")[("video-call",)] == until
    assert ("call",) not in series(outage(), "as_specified_until_timestamp_seconds")
    assert series(outage(), "last_look_timestamp_seconds") == {(): NOW.timestamp()}
    assert series(outage(), "console_readable") == {(): 1}


def test_of_what_nobody_can_tell_nothing_is_said() -> None:
    hidden = {"path": MODE, "after": "auto", "reason": "no API"}
    secret = {"path": "/recording/settings/callback/keyRef", "after": "env:K", "reason": "secrets are not shown"}
    found = plan(app("dark", cannotVerify=[hidden]), app("calls", cannotVerify=[secret]), unmanaged=None)
    assert series(found, "as_specified") == {("calls",): 1}
    assert series(found, "unverified_fields") == {("dark",): 1, ("calls",): 1}
    assert series(found, "unmanaged_applications") == {}
    assert series(found, "applications") == {(): 2}


def test_an_environment_that_could_not_be_read_says_so_beside_the_others() -> None:
    text = drift_metrics([read_plan(outage(), LAST_EQUAL)], ["dev", "prod"], NOW).decode()
    assert 'trtc_recording_console_readable{command="drift",environment="dev"} 0.0' in text
    assert 'trtc_recording_console_readable{command="drift",environment="prod"} 1.0' in text
    assert 'trtc_recording_last_look_timestamp_seconds{command="drift",environment="dev"}' not in text


def test_an_observation_says_until_when_it_counts() -> None:
    seen = {"who": "Ada", "when": "2026-11-01T08:00:00Z", "expires": "2026-12-01T08:00:00Z"}
    lapses = series(plan(app("calls", attested=seen)), "observation_lapses_timestamp_seconds")
    assert lapses == {("calls",): datetime(2026, 12, 1, 8, tzinfo=UTC).timestamp()}
