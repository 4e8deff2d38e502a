"""The tour of docs/archive.md does what it shows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from provisioner.archive.evidence.inbox import Inbox
from provisioner.archive.minutes.usage_period import ZONE
from provisioner.foundation.clock import system_clock
from tests.archive.history import VIDEO_CALL, days_ago, history, play
from tests.conftest import ROOT
from tests.project import Project
from tests.specs.documents.test_price_list import LIST
from tests.test_readme import follow, steps_of

FORMATS = "template: call@v1\n  settings: {formats: [hls], maxFileDuration: null}"
PAGE = (ROOT / "docs/archive.md").read_text("utf-8")


def test_every_command_of_the_tour_prints_what_the_page_shows(project: Project) -> None:
    now = system_clock().astimezone(ZONE)
    if now.hour == 23:
        pytest.skip("the calls of the tour would pass midnight")
    steps = steps_of(PAGE.split("## A tour")[1].split("\n## ")[0])
    assert len(steps) >= 9
    follow(steps, project.root)


def test_the_callback_of_the_page_is_one(project: Project) -> None:
    (line,) = re.findall(r'```json\n(\{"receivedAt".*?)\n```', PAGE)
    project.write(".provisioner/dev/evidence/callbacks.jsonl", f"{line}\n")
    (callback,) = Inbox(project.root, ".provisioner/dev/evidence").entries()
    assert (getattr(callback, "event", None), getattr(callback, "room", None)) == (101, "1234")


def test_the_price_list_of_the_page_is_legal(project: Project) -> None:
    (prices,) = [block for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if "kind: Prices" in block]
    project.write("prices/intl.yaml", prices)
    project.edit("environments/prod/environment.yaml", "settings:", "prices: prices/intl.yaml\nsettings:")
    loaded = project.environment("prod").prices
    assert loaded is not None
    assert len(loaded.rates) == 10


def example(version: str) -> Any:
    (block,) = [block for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if f'"{version}"' in block]
    return json.loads(block)


def shape(value: Any) -> Any:
    """The keys of a document, whatever its values; of a list those of its first entry."""
    if isinstance(value, dict):
        return {key: shape(below) for key, below in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value) in (list, dict)


def test_the_json_of_usage_and_evidence_is_the_pages(project: Project) -> None:
    project.edit("environments/dev/environment.yaml", "settings:", "prices: prices/intl.yaml\nsettings:")
    project.write("prices/intl.yaml", LIST)
    with history(project.root) as state:
        play(state, VIDEO_CALL, days_ago(1), 30)
        play(state, VIDEO_CALL, days_ago(1), 10, people=1, video=False, hour=15)
        play(state, VIDEO_CALL, days_ago(2), 20)
    shown, real = example("usageVersion"), project.json("usage", "dev/video-call", "--from", "yesterday")
    assert shape(shown) == shape(real)
    for key in ("name", "minutes", "total", "before", "cost"):
        assert shown["applications"][0][key] == real["applications"][0][key], key
    assert shown["prices"] == real["prices"]
    project.edit("environments/dev/apps/video-call.yaml", "template: call@v1", FORMATS)
    shown, real = example("evidenceVersion"), project.json("evidence", "dev/video-call")
    leaf = next(leaf for leaf in real["applications"][0]["leaves"] if leaf["path"].endswith("/formats"))
    real["applications"][0]["leaves"] = [leaf]
    assert shape(shown) == shape(real)
    assert leaf["verdict"] == "contradicts"
