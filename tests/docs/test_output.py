"""The examples in docs/ are what the commands print."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.conftest import ROOT
from tests.project import Project


def example(heading: str) -> Any:
    """The JSON example below a heading of docs/output.md."""
    section = (ROOT / "docs/output.md").read_text("utf-8").split(f"## `{heading}")[1]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_the_findings_are_those_of_validate(project: Project) -> None:
    project.edit("environments/dev/apps/video-call.yaml", "expectedParticipants: 2", "expectedParticipants: 9")
    shown = example("provisioner validate")
    real = json.loads(project.run("validate", "--format", "json").out)
    assert shown.keys() == real.keys()
    assert shown["environments"] == real["environments"]
    assert shown["findings"] == [finding for finding in real["findings"] if finding["severity"] == "error"]
    assert shown["totals"].keys() == real["totals"].keys()


def test_the_explanation_is_that_of_explain(project: Project) -> None:
    shown = example("provisioner explain")
    real = project.json("explain", "prod/classroom", "maxIdleTime")
    (told,), (leaf,) = shown.pop("leaves"), real.pop("leaves")
    assert shown == real
    assert told.keys() == leaf.keys()
    for key, value in told.items():
        assert leaf[key] == value or (isinstance(value, str) and leaf[key].startswith(value.rstrip("…"))), key


def test_the_report_is_that_of_report(project: Project) -> None:
    project.run("apply", "prod", "--yes")
    project.edit("environments/prod/apps/video-call.yaml", "mode: auto ", "mode: manual ")
    project.run("plan", "prod", "--out", "plan.json")
    shown, real = example("provisioner report"), project.json("report", "plan.json")
    assert _shape(shown) == _shape(real)
    assert shown["headline"] == real["headline"]
    assert [(risk["id"], risk["concerns"]) for risk in shown["risks"]] == [
        (risk["id"], risk["concerns"]) for risk in real["risks"]
    ]
    assert [{**one, "causes": ["this-change"]} for one in real["applications"]] == shown["applications"]


def _shape(value: Any) -> Any:
    """Keys all the way down, of lists the first item's."""
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items()}
    return [_shape(value[0])] if isinstance(value, list) and value else None
