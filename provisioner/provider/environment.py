"""The environment that a plugin process serves: specs, console and observations, opened when first asked for."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from provisioner.console.drivers import open_console
from provisioner.console.port import Console, Observed
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.plan import Plan, desired_values, make_plan
from provisioner.recording.kinds import Value
from provisioner.specs.environment import Environment
from provisioner.specs.workspace import Workspace


class ServedEnvironment:
    """One environment of the workspace around `folder`. Safe to use from several threads."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder
        self._lock = threading.RLock()
        self._environment: Environment | None = None
        self._console: Console | None = None
        self._fresh: dict[int, Observed] = {}

    @property
    def console(self) -> Console:
        with self._lock:
            if self._console is None:
                workspace = Workspace.containing(self._folder)
                self._environment = workspace.environment(self.name)
                self._console = open_console(self._environment, workspace.root, os.environ)
            return self._console

    def plan(self) -> Plan:
        """The environment's plan; its observations serve the reads that follow, each once."""
        console = self.console
        with self._lock:
            if self._environment is None:
                raise ProvisionerError("the environment closed while it was being planned")
            plan = make_plan(self._environment, console)
            self._fresh = {entry.observed.sdk_app_id: entry.observed for entry in plan.applications}
            return plan

    def read(self, sdk_app_id: int) -> Observed:
        with self._lock:
            fresh = self._fresh.pop(sdk_app_id, None)
        return fresh or self.console.read(sdk_app_id)

    def described(self, sdk_app_id: int) -> dict[str, Value]:
        """What the specs say of an application that no Pulumi state knows yet; empty where no spec describes it."""
        with self._lock:
            applications = self._environment.applications if self._environment else ()
        return next((desired_values(app) for app in applications if app.sdk_app_id == sdk_app_id), {})

    def close(self) -> None:
        with self._lock:
            if self._console is not None:
                self._console.close()
                self._console = None
