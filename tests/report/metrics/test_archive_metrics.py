"""`coverage --metrics` and `evidence --metrics`, from a call to the number."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.project import Project

DEV = "environments/dev/environment.yaml"


def values(file: Path) -> dict[tuple[str, ...], float]:
    """By name and labels, in the order of their names."""
    families = text_string_to_metric_families(file.read_text("utf-8"))
    samples = (sample for family in families for sample in family.samples)
    return {
        (one.name.removeprefix("trtc_recording_"), *dict(sorted(one.labels.items())).values()): one.value
        for one in samples
    }


@pytest.fixture
def called(project: Project) -> Project:
    """One call that was recorded, and one of an application whose mode somebody changed."""
    project.edit(DEV, "site:", "coverage: {atLeast: 99.5%, over: 7d}\nsite:")
    project.run("apply", "dev", "--yes")
    click = ("dev/classroom", "mode=manual", "--who", "kim@acme", "--address", "198.51.100.9")
    assert project.run("console", "edit", *click).code == 0
    for name, minutes in (("classroom", "10"), ("video-call", "10"), ("video-call", "90")):
        project.run("console", "call", f"dev/{name}", "--play", "--minutes", minutes)
    return project


def test_rooms_by_outcome_and_an_objective_that_is_missed(called: Project) -> None:
    file = called.root / "coverage.prom"
    assert called.run("coverage", "dev", "--audit", "--metrics", str(file)).code == 0
    found = values(file)
    assert found["rooms", "video-call", "dev", "recorded"] >= 1
    assert found["rooms", "classroom", "dev", "not-recorded"] == 1
    assert found["coverage_ratio", "video-call", "dev"] == 1
    assert found["coverage_ratio", "classroom", "dev"] == 0
    assert ("coverage_ratio", "support-desk", "dev") not in found
    assert (found["coverage_objective_ratio", "dev"], found["coverage_objective_met", "dev"]) == (0.995, 0)


def test_what_recordings_prove(called: Project) -> None:
    file = called.root / "evidence.prom"
    assert called.run("evidence", "dev", "--metrics", str(file)).code == 0
    found = values(file)
    assert found["evidence_settings", "video-call", "dev", "behaves-as-declared"] > 0
    assert found["evidence_settings", "video-call", "dev", "contradicts"] == 0
    assert found["evidence_settings", "classroom", "dev", "behaves-as-declared"] == 0
