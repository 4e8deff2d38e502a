"""Plans and what they are made of, from values: no files, no console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from provisioner.console.port import Observed, Shown
from provisioner.foundation.errors import Location
from provisioner.reconcile.plan.cost import cost
from provisioner.reconcile.plan.diff import diff
from provisioner.reconcile.plan.plan import ApplicationPlan, Plan
from provisioner.recording.application import Application, Intent, Layer, Leaf, Leaves
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs.documents.environment import Environment

TODAY = date(2026, 1, 31)
CALL = 20001003


class PlainLeaves(Leaves):
    """Leaves of which nobody asks where they stand."""

    def __getitem__(self, path: str) -> Leaf:
        return Leaf(self.plain[path], Layer.APPLICATION, None)


def application(name: str = "call", values: Mapping[str, Value] | None = None, **more: Any) -> Application:
    """One that records automatically; `values` by path stand beside that or instead of it."""
    head: dict[str, Value] = {"/name": name, "/sdkAppId": CALL, "/owner": "@acme/calls"}
    head |= {"/recording/enabled": True, "/recording/mode": "auto", **(values or {})}
    return Application("dev", Location(f"apps/{name}.yaml"), PlainLeaves(head), **{"intents": {}, **more})


def environment(*applications: Application, **more: Any) -> Environment:
    """`dev`, on the last day of January."""
    place = Location("dev.yaml")
    return Environment(**{"name": "dev", "where": place, "applications": applications, "today": TODAY, **more})


def intents(*consequences: str, expires: str = TODAY.isoformat()) -> dict[str, Intent]:
    """Acknowledgements by consequence."""
    return {each: Intent(each, "because", expires, Location("intents.yaml", 7)) for each in consequences}


def shown(app: Application, values: Mapping[str, Shown] | None = None, generation: str | None = "new") -> Observed:
    """A console that shows what an application says, but for `values`."""
    fields: dict[str, Shown] = {path: value for path, value in app.values.items() if path.startswith("/recording/")}
    return Observed(app.sdk_app_id, app.name, generation, {**fields, **(values or {})})


def planned(app: Application, observed: Observed | None = None, *findings: Finding, **more: Any) -> ApplicationPlan:
    """One application's share of a plan: what differs from `observed`, with these consequences."""
    seen = observed or shown(app)
    found = diff(app.values, seen)
    return ApplicationPlan(app, seen, found, findings, cost(app.values, seen, found), {}, **more)


def plan(target: Environment, *entries: ApplicationPlan) -> Plan:
    """A plan of all of an environment's applications."""
    return Plan(target, "console", None, entries, None)
