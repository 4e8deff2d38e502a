"""The policy pack: each invariant by itself, and the pack as the real engine runs it."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy.policy.invariants import calls_back_over_https, has_owner, is_retained, keeps_files, records
from provisioner.provider.properties import inputs
from provisioner.reconcile.plan.plan import desired_values
from provisioner.specs.workspace import Workspace
from tests.engine.stack import Stack, needs_own_host, needs_pulumi

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "deploy/policy"


@pytest.fixture
def classroom() -> dict[str, Any]:
    """The inputs that the program gives to a production application which records automatically."""
    return _inputs("classroom")


def _inputs(name: str) -> dict[str, Any]:
    environment = Workspace(ROOT).environment("prod")
    (app,) = [app for app in environment.applications if app.name == name]
    return inputs(desired_values(app))


def _with(document: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(dict(document))
    *folders, key = path.split(".")
    place = changed
    for folder in folders:
        place = place.setdefault(folder, {})
    place[key] = value
    return changed


@pytest.mark.parametrize("name", ["classroom", "support-desk", "video-call"])
def test_what_is_shipped_for_production_passes(name: str) -> None:
    shipped = _inputs(name)
    assert records(shipped) is None
    assert keeps_files(shipped, days=90) is None
    assert calls_back_over_https(shipped, required=False) is None
    assert has_owner(shipped, prefix="@acme/") is None
    assert is_retained(shipped) is None


def test_rooms_that_nobody_records(classroom: dict[str, Any]) -> None:
    manual = _with(classroom, "recording.mode", "manual")
    assert "recorded by nobody" in (records(manual) or "")
    assert records(_with(manual, "recording.backendRecords", True)) is None
    assert records(_with(classroom, "recording.enabled", False)) == "recording is off"
    assert records({}) == "recording is off"


@pytest.mark.parametrize(
    ("retention", "days", "passes"),
    [("90d", 90, True), ("89d", 90, False), ("2160h", 90, True), ("2159h", 90, False), ("forever", 3650, True)],
)
def test_files_that_are_deleted_too_soon(classroom: dict[str, Any], retention: str, days: int, passes: bool) -> None:
    kept = _with(classroom, "recording.settings.storage.vod.retention", retention)
    reason = keeps_files(kept, days=days)
    assert reason == (
        None
        if passes
        else f"storage.vod.retention is {retention}, and production keeps recordings for {days}d at least"
    )


def test_retention_is_judged_where_the_console_deletes(classroom: dict[str, Any]) -> None:
    soon = _with(classroom, "recording.settings.storage.vod.retention", "1d")
    assert keeps_files(_with(soon, "recording.settings.storage.vendor", "cos"), days=90) is None
    assert keeps_files(_with(soon, "recording.mode", "manual"), days=90) is None
    odd = _with(classroom, "recording.settings.storage.vod.retention", "a while")
    assert keeps_files(odd, days=90) == "storage.vod.retention is no duration: 'a while'"


def test_callbacks(classroom: dict[str, Any]) -> None:
    assert "is not set" in (calls_back_over_https(classroom, required=True) or "")
    plain = _with(classroom, "recording.settings.callback.url", "http://acme.example/hook")
    assert "is not https" in (calls_back_over_https(plain, required=False) or "")
    safe = _with(classroom, "recording.settings.callback.url", "HTTPS://acme.example/hook")
    assert calls_back_over_https(safe, required=True) is None


def test_owners_and_removal(classroom: dict[str, Any]) -> None:
    assert has_owner(_with(classroom, "owner", ""), prefix="@") == "owner is not set"
    assert has_owner(classroom, prefix="@corp/") == "owner @acme/education does not begin with @corp/"
    assert "stop recording" in (is_retained(_with(classroom, "onRemove", "stop-auto")) or "")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack with its own virtual environment, made by `pulumi install` from the package registry."""
    folder = tmp_path_factory.mktemp("pack") / "policy"
    shutil.copytree(PACK, folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    quick = os.environ | {"PIP_NO_COMPILE": "1", "PULUMI_HOME": str(folder.parent / "home")}
    installed = subprocess.run(
        ["pulumi", "install", "-C", folder], env=quick, capture_output=True, text=True, check=False
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return folder


@needs_pulumi
@needs_own_host("python")
def test_the_engine_asks_the_pack(new_stack: Stack, pack: Path) -> None:
    """Dev is no production: by production's measure its files are deleted too soon."""
    refused = new_stack.preview("--policy-pack", str(pack))
    assert refused.code != 0
    assert "classroom: storage.vod.retention is 7d, and production keeps recordings for 90d at least" in refused.text
    (pack.parent / "week.json").write_text(json.dumps({"keeps-files": {"days": 7}}), "utf-8")
    passed = new_stack.preview("--policy-pack", str(pack), "--policy-pack-config", str(pack.parent / "week.json"))
    assert passed.code == 0, passed.text
