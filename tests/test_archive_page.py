"""The tour of docs/archive.md does what it shows."""

from __future__ import annotations

import re

import pytest

from provisioner.archive.days import ZONE
from provisioner.archive.inbox import Inbox
from provisioner.foundation.clock import system_clock
from tests.conftest import ROOT
from tests.project import Project
from tests.test_readme import follow, steps_of

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
