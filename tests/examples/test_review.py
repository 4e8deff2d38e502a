"""The demonstration of a review runs from end to end and leaves what it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("review")
    command = [sys.executable, str(ROOT / "examples/06-review/demo.py"), str(target), "--no-screenshot"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "comment.md, page.html, log.txt" in ran.stdout
    return target


def test_the_comment_tells_the_risk_the_fan_out_and_the_drift_apart(folder: Path) -> None:
    comment = (folder / "comment.md").read_text("utf-8")
    now = "Files are kept longer than specified: prod/classroom."
    assert comment.startswith(
        f"## Recording settings: `prod`, `dev`\n\n**{now} 15 of 18 applications in 2 environments"
    )
    change, drift = (comment.index(title) for title in ("### What will change (`prod`)", "### Console drift"))
    assert comment.index("**HIGH: Rooms will no longer be recorded.** Cannot be undone.") < change
    assert change < comment.index("| 11 applications: `live-01`") < drift < comment.index("| `classroom` |")
    assert "Its spec is gone, and it said onRemove: stop-auto." in comment
    assert "| Application managed<br>`live-12` |" in comment
    assert "1 guardrail is weakened." in comment


def test_annotations_stand_where_the_value_is_set(folder: Path) -> None:
    first, *_ = (folder / "annotations.txt").read_text("utf-8").splitlines()
    assert first.startswith("::warning file=environments/")
    assert "title=max-changes" in first or "title=stop-recording" in first


def test_every_form_is_there_and_one_without_a_console(folder: Path) -> None:
    assert json.loads((folder / "tfplan.json").read_text("utf-8")) == {"create": 0, "update": 15, "delete": 0}
    for name in ("comment.html", "step-summary.md", "page.html", "report.json", "report.sarif", "junit.xml", "log.txt"):
        assert (folder / name).stat().st_size > 1000
    assert "> No console was read" in (folder / "comment-specs-only.md").read_text("utf-8")
