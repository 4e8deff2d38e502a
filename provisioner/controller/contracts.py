"""What the controller records by: the specs of its environments, validated whole; broken ones replace nothing.

A call keeps the contract that held when it began; what is loaded later is for calls that begin later.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.secret_refs import Reveal, revealer
from provisioner.foundation.text_safety import Secret, printable
from provisioner.recording.cloud_recording import RecordingContract, recording_contract
from provisioner.recording.manual import Manual, manual
from provisioner.recording.sites import SITES
from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """One application of an environment. `contract` is None where the controller only listens to its callbacks.

    `simulated`: the service is, and its clock may have been moved on by hours.
    """

    environment: str
    name: str
    sdk_app_id: int
    callback_keys: tuple[Secret, ...]
    contract: RecordingContract | None = None
    simulated: bool = False

    @property
    def carried_out(self) -> Manual | None:
        """How the controller records the application; None where it does not."""
        return None if self.contract is None else self.contract.carried_out

    @property
    def template(self) -> str:
        """The versions that its settings come from, for people."""
        return ", ".join(self.contract.templates) if self.contract else ""


@dataclass(frozen=True, slots=True)
class ServedEnvironment:
    """One environment as it was last loaded."""

    environment: Environment
    token: Secret
    applications: Mapping[int, Served]
    reveal: Reveal

    @property
    def digests(self) -> dict[str, str]:
        """By application the digest of the contract that holds for its next call."""
        return {app.name: app.contract.digest for app in self.applications.values() if app.contract}

    def named(self, name: str) -> Served:
        """Raises UsageError where nothing of that name is recorded here."""
        found = {app.name: app for app in self.applications.values()}
        if name not in found:
            raise UsageError(
                f'{self.environment.name} has no application "{printable(name)[:80]}"{did_you_mean(name, found)}'
            )
        return found[name]


@dataclass(slots=True)
class Reload:
    """What came of the last attempt to load each environment: nothing, or why the old specs still hold."""

    broken: dict[str, str] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


class Contracts:
    """The contracts of some environments. Readers get whole environments, never half of a reload."""

    def __init__(self, root: Path, names: Sequence[str]) -> None:
        """Raises ProvisionerError where one of them cannot be loaded: there is nothing older to keep."""
        self.root = root
        self._lock = threading.Lock()
        self.environments: Mapping[str, ServedEnvironment] = {name: load(root, name) for name in names}
        self.last = Reload()

    def reload(self) -> Reload:
        """Load everything again. An environment that is broken stays as it is, and says so."""
        with self._lock:
            result = Reload()
            fresh = dict(self.environments)
            for name, held in self.environments.items():
                try:
                    fresh[name] = load(self.root, name)
                except ProvisionerError as error:
                    result.broken[name] = str(error)
                    _log.warning("specs of %s are broken, the old ones still hold: %s", name, _first_line(error))
                else:
                    result.changed += _changed(held, fresh[name])
            for change in result.changed:
                _log.warning("%s: new settings from the next call on", change)
            self.environments = fresh
            self.last = result
            return result


def load(root: Path, name: str) -> ServedEnvironment:
    """One environment, judged by every rule, with its keys. Raises ProvisionerError."""
    environment = Workspace(root).environment(name)
    choice = environment.controller
    if choice is None:
        raise UsageError(
            f"{name} declares no controller",
            where=environment.where,
            fix="Add controller: {url: https://…, tokenRef: env:NAME, callbackKeyRefs: [env:NAME]}.",
        )
    simulated = environment.console.driver == "embedded"
    reveal = revealer(root, simulated=simulated)
    applications = {}
    for app in environment.applications:
        contract = recording_contract(app, SITES[environment.site]) if manual(app) else None
        keys = tuple(reveal(reference) for reference in choice.callback_keys(app))
        if contract is not None and contract.carried_out is not None:
            reveal(contract.carried_out.sdk_secret_key_ref)  # missing ones are told now, not when a call begins
        applications[app.sdk_app_id] = Served(name, app.name, app.sdk_app_id, keys, contract, simulated)
    return ServedEnvironment(environment, reveal(choice.token_ref), applications, reveal)


def to_json(contract: RecordingContract) -> str:
    """A contract as the store keeps it; secrets stay references."""
    document = {
        "sdkAppId": contract.sdk_app_id,
        "parameters": contract.parameters,
        "manual": contract.carried_out and asdict(contract.carried_out),
        "templates": contract.templates,
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> RecordingContract:
    """The contract that `to_json` wrote."""
    document = json.loads(text)
    block = document["manual"]
    carried_out = block and Manual(**{**block, "callback_key_refs": tuple(block["callback_key_refs"])})
    return RecordingContract(
        document["sdkAppId"], document["parameters"], carried_out or None, tuple(document["templates"])
    )


def _changed(old: ServedEnvironment, new: ServedEnvironment) -> tuple[str, ...]:
    names = sorted(old.digests.keys() | new.digests.keys())
    name = new.environment.name
    return tuple(f"{name}/{app}" for app in names if old.digests.get(app) != new.digests.get(app))


def _first_line(error: ProvisionerError) -> str:
    return printable(str(error).partition("\n")[0])[:300]
