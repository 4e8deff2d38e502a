"""Processor time and size of every form in which a plan of many applications is shown."""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import read_plan

SIZES = (1_000, 5_000)
_TEAMS = 40
_IDLE = "/recording/settings/maxIdleTime"
_MODE = "/recording/mode"
_RETENTION = "/recording/settings/storage/vod/retention"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of applications")
    parser.add_argument("--runs", type=int, default=3, help="runs of each form; the fastest counts")
    options = parser.parse_args()
    for one in formats_of("report").values():
        one.render([read_plan(plan_of(1))])  # loads every library
    for size in options.sizes:
        _measure(size, options.runs)


def _measure(size: int, runs: int) -> None:
    text = json.dumps(plan_of(size))
    print(f"{size} applications, all of them to change; plan of {len(text) / 2**20:.1f} MiB")
    total, plan = _best(runs, lambda: read_plan(json.loads(text)))
    print(f"  {'view':<13} {total:>6.2f} s")
    for form, one in formats_of("report").items():
        seconds, shown = _best(runs, partial(one.render, [plan]))
        total += seconds
        print(f"  {form:<13} {seconds:>6.2f} s  {len(shown.encode()) / 1024:>9,.0f} KiB")
    print(f"  {'all':<13} {total:>6.2f} s")


def _best(runs: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Processor seconds of the fastest run, and what it made."""
    fastest, made = math.inf, None
    for _ in range(runs):
        began = time.process_time()
        made = work()
        fastest = min(fastest, time.process_time() - began)
    return fastest, made


def plan_of(size: int) -> dict[str, Any]:
    """Every application changes; one in ten has drifted, one in fifty stops recording; hardly two are group."""
    applications = [_application(number) for number in range(size)]
    return {
        "planVersion": 1,
        "environment": "prod",
        "tier": "production",
        "site": "intl",
        "console": "simulated console",
        "scope": None,
        "base": {"ref": "main", "commit": "0" * 40, "valid": True},
        "guardrails": None,
        "specDigest": "0" * 64,
        "observationDigest": "0" * 64,
        "findings": [],
        "applications": applications,
        "removed": [],
        "unmanaged": [],
        "totals": {"change": size, "unchanged": 0, "cannotVerify": 0},
    }


def _application(number: int) -> dict[str, Any]:
    name = f"app-{number:05}"
    file = f"environments/prod/apps/{name}.yaml"
    changes = [_change(_IDLE, f"{5 + number % 55}s", f"{60 + number % 50}s", file, 16)]
    changes.append(_change(_RETENTION, f"{30 + number % 60}d", "7d", file, 40))
    findings = [
        _finding("shorter-retention", "medium", f"New files are deleted after 7d (was {30 + number % 60}d).", file)
    ]
    if number % 10 == 0:
        changes[0]["causes"] = ["drift"]
    if number % 50 == 0:
        changes.append(_change(_MODE, "auto", "manual", file, 9))
        findings.append(_finding("stop-recording", "high", "Rooms will no longer be recorded.", file))
    return {
        "name": name,
        "sdkAppId": 20_000_000 + number,
        "owner": f"@acme/team-{number % _TEAMS:02}",
        "file": file,
        "action": "change",
        "attested": None,
        "changes": changes,
        "present": [],
        "cannotVerify": [],
        "affected": None,
        "cost": {"direction": "mixed", "reasons": ["longer idle time, charged as sound", "shorter retention"]},
        "findings": findings,
    }


def _change(path: str, before: str, after: str, file: str, line: int) -> dict[str, Any]:
    origin = {"file": file, "line": line, "column": 9}
    layer, causes = "application", ["this-change"]
    return {"path": path, "before": before, "after": after, "origin": origin, "layer": layer, "causes": causes}


def _finding(name: str, severity: str, message: str, file: str) -> dict[str, Any]:
    return {
        "id": name,
        "source": "plan",
        "severity": severity,
        "message": message,
        "path": _MODE,
        "origin": {"file": file, "line": 9, "column": 9},
        "irreversible": True,
        "acknowledged": None,
    }


if __name__ == "__main__":
    main()
