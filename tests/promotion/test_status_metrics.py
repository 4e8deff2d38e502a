"""`status --metrics`: every environment at once, also one whose console does not answer."""

from __future__ import annotations

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.project import Project


def test_every_environment_is_in_one_file(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    project.console("dev").edit(20001001, mode="manual")
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: tencent}")
    project.run("status", "--metrics", "status.prom")
    text = (project.root / "status.prom").read_text("utf-8")
    found = {
        (sample.name.removeprefix("trtc_recording_"), sample.labels["environment"], sample.labels.get("application")): (
            sample.value
        )
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["as_specified", "dev", "video-call"] == 0
    assert found["as_specified", "dev", "classroom"] == 1
    assert found["state", "dev", "video-call"] == 1
    assert (found["console_readable", "dev", None], found["console_readable", "prod", None]) == (1, 0)
    assert ("drifted", "prod", "video-call") not in found
    assert found["applications", "prod", None] == 3
    assert found["last_look_timestamp_seconds", "dev", None] > 1_700_000_000
    assert ("last_look_timestamp_seconds", "prod", None) not in found
