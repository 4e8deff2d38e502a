"""Alerting rules and dashboard: every expression is PromQL, and every metric that they name is one of ours."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml

from provisioner.recording.present import PRESENT
from provisioner.report.metrics.metric_table import METRICS
from tests.conftest import ROOT

FOLDER = ROOT / "deploy/monitoring"
RULES = [
    rule for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
LABELS = {metric.name: set(metric.all_labels) for metric in METRICS}


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"])


@pytest.mark.parametrize("expression", list(expressions()))
def test_an_expression_asks_for_metrics_and_labels_that_exist(expression: str) -> None:
    promql_parser.parse(expression.replace("$environment", ".+"))
    names = set(re.findall(r"trtc_recording_\w+", expression))
    assert names
    assert names <= LABELS.keys()
    asked = set(re.findall(r"(\w+)(?:=~|!~|!=|=)\"", expression))
    asked |= {
        label.strip() for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", expression) for label in group.split(",")
    }
    assert asked <= set().union(*(LABELS[name] for name in names))
    states = [state for word in re.findall(r'state(?:=|!~)"([^"]*)"', expression) for state in word.split("|")]
    assert set(states) <= PRESENT.keys()


def test_a_rule_says_whom_it_is_about_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule["annotations"]) == {"summary", "description"}, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert "$labels.environment" in rule["annotations"]["summary"]


def test_the_gravest_is_a_page_at_once() -> None:
    (rule,) = (rule for rule in RULES if rule["alert"] == "RoomsNotRecorded")
    assert "for" not in rule
    assert (rule["labels"]["severity"], rule["expr"].count('"not-recording"')) == ("page", 1)


def test_the_dashboard_has_what_grafana_needs_to_import_it() -> None:
    panels: list[dict[str, Any]] = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert {variable["name"] for variable in DASHBOARD["templating"]["list"]} == {"datasource", "environment"}
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        assert panel["datasource"]["uid"] == "${datasource}"
    cells = [(x, y) for p in panels for x, y in _cells(p["gridPos"])]
    assert len(cells) == len(set(cells)), "panels lie over one another"


def _cells(place: dict[str, int]) -> Iterator[tuple[int, int]]:
    for x in range(place["x"], place["x"] + place["w"]):
        yield from ((x, y) for y in range(place["y"], place["y"] + place["h"]))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool")
@pytest.mark.parametrize("arguments", [("check", "rules", "alerts.yaml"), ("test", "rules", "alerts.test.yaml")])
def test_promtool_agrees(arguments: tuple[str, ...]) -> None:
    ran = subprocess.run(["promtool", *arguments], cwd=FOLDER, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
