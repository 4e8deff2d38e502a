"""Manual mode's drift: whether the controller records by what the spec says, by the digest of the contract it runs.

Nothing is written for it: the controller reads the specs by itself, and what it reads holds for calls that begin
afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.console.controller_client import Running
from provisioner.reconcile.plan.diff import Unverified
from provisioner.recording.application import Application
from provisioner.recording.cloud_recording import recording_contract
from provisioner.recording.fields import SETTINGS, reading_order
from provisioner.recording.findings import Finding
from provisioner.recording.manual import BLOCK, manual
from provisioner.recording.paths import short
from provisioner.recording.sites import SITES
from provisioner.recording.value_types import Value, text
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.observed import CONTROLLER_BEHIND

_START = f"{BLOCK}/start"
_FEW = 4


def contract_digests(environment: Environment) -> dict[str, str]:
    """By application the digest of what a controller does by these specs."""
    return {
        app.name: recording_contract(app, SITES[environment.site]).digest
        for app in environment.applications
        if manual(app)
    }


def unverified(app: Application, running: Running | None) -> tuple[Unverified, ...]:
    """That nobody can say what the controller runs."""
    if running is None or not running.unknown or manual(app) is None:
        return ()
    return (Unverified(_START, app.value(_START), running.unknown),)


def behind(app: Application, site: str, running: Running | None, base: Application | None) -> Iterator[Finding]:
    """That the controller runs another contract than the spec's; `base` tells what changed, where that is why."""
    if running is None or running.unknown or manual(app) is None:
        return
    wanted, runs = recording_contract(app, SITES[site]).digest, running.digests.get(app.name)
    if runs == wanted:
        return
    if runs is None:
        told = f"{running.url} does not record this application yet"
    elif base and manual(base) and recording_contract(base, SITES[site]).digest == runs:
        told = _changed(base.values, app.values)
    else:
        told = f"{running.url} runs other settings (contract {runs[:8]}, the spec's is {wanted[:8]})"
    yield CONTROLLER_BEHIND.finding(app, _START, f"controller: from the next call on. {told}.")


def _changed(before: Mapping[str, Value], after: Mapping[str, Value]) -> str:
    paths = sorted(before.keys() | after.keys(), key=reading_order)
    changed = [path for path in paths if before.get(path) != after.get(path)]
    contract = [path for path in changed if path.startswith((f"{SETTINGS}/", f"{BLOCK}/"))]
    told = [f"{short(path)} {_shown(before.get(path))} -> {_shown(after.get(path))}" for path in contract[:_FEW]]
    more = f" and {len(contract) - _FEW} more" if len(contract) > _FEW else ""
    return f"{', '.join(told)}{more}"


def _shown(value: Value | None) -> str:
    return "(not set)" if value is None else text(value)
