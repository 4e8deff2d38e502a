"""A plan without a console: what the specs want, compared with what the base wanted. For whoever has no credentials."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from provisioner.console.controller_client import Running
from provisioner.console.port import (
    Capabilities,
    ConsoleChange,
    ListedApplication,
    Observed,
    Receipt,
    Shown,
    Unreadable,
)
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.text_safety import printable
from provisioner.reconcile.guardrails.change import Guardrails
from provisioner.reconcile.plan.controller_drift import contract_digests
from provisioner.reconcile.plan.document import document
from provisioner.reconcile.plan.plan import ApplicationPlan, make_plan
from provisioner.recording.application import Application
from provisioner.recording.fields import reading_order
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import Revision
from provisioner.specs.rules.observed import TEMPLATE_MISSING


def specs_only(
    environment: Environment,
    base: Revision,
    only: Collection[str] | None = None,
    guardrails: Guardrails | None = None,
) -> dict[str, Any]:
    """The plan document of `environment` against `base`, with `console` null: nothing is known of drift."""
    running = _as_of(environment, base)
    plan = make_plan(environment, _Specs(environment, base), only, base, running=running, guardrails=guardrails)
    plan = replace(plan, applications=tuple(map(_without_claims, plan.applications)))
    return {**document(plan), "console": None}


def _as_of(environment: Environment, base: Revision) -> Running | None:
    """A controller that runs what the base wanted."""
    if environment.controller is None or base.environment is None:
        return None
    return Running(environment.controller.url, contract_digests(base.environment))


def _without_claims(entry: ApplicationPlan) -> ApplicationPlan:
    """Nobody has looked whether the console holds a template."""
    kept = tuple(finding for finding in entry.consequences if finding.id != TEMPLATE_MISSING.id)
    return replace(entry, consequences=kept)


class _Specs:
    """Shows what the base wanted, as a console would. An application that is new shows nothing at all."""

    label = "specs"

    def __init__(self, environment: Environment, base: Revision) -> None:
        self._wanted = _by_id(environment)
        self._base = _by_id(base.environment) if base.environment else {}
        self._hidden = Unreadable(f"the specs at {printable(base.ref)} are not valid") if base.errors else None

    def capabilities(self) -> Capabilities:
        return Capabilities(lists=False, writes=False, observes=False)

    def list_applications(self) -> list[ListedApplication]:
        return []

    def read(self, sdk_app_id: int) -> Observed:
        """Every leaf that either side has."""
        now, then = self._wanted[sdk_app_id], self._base.get(sdk_app_id)
        paths = sorted({*now.values, *(then.values if then else ())}, key=reading_order)
        fields: dict[str, Shown] = {path: self._hidden or (then.value(path) if then else None) for path in paths}
        return Observed(sdk_app_id, now.name, None, fields)

    def write(self, _sdk_app_id: int, _change: ConsoleChange) -> Receipt:
        raise ProvisionerError("specs are compared with specs: there is no console to write to")

    def close(self) -> None:
        pass


def _by_id(environment: Environment) -> Mapping[int, Application]:
    return {app.sdk_app_id: app for app in environment.applications}
