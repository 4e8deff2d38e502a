"""The environment that a plugin process serves: specs, console and observations, opened when first asked for."""

from __future__ import annotations

import os
import threading
from contextlib import ExitStack
from pathlib import Path

from provisioner.console.drivers import open_console
from provisioner.console.port import Console, Observed
from provisioner.foundation.clock import Clock, system_clock
from provisioner.reconcile.apply import Applier, applying
from provisioner.reconcile.plan import Plan, desired_values, make_plan
from provisioner.reconcile.state import State
from provisioner.recording.kinds import Value
from provisioner.specs.environment import Environment
from provisioner.specs.workspace import Workspace


class ServedEnvironment:
    """One environment of the workspace around `folder`. Safe to use from several threads."""

    def __init__(self, name: str, folder: Path, clock: Clock = system_clock) -> None:
        self.name = name
        self._clock = clock
        self._folder = folder
        self._lock = threading.RLock()
        self._opened: tuple[Environment, Console] | None = None
        self._writing = ExitStack()
        self._applier: Applier | None = None
        self._fresh: dict[int, Observed] = {}

    @property
    def console(self) -> Console:
        return self._open()[1]

    def plan(self) -> Plan:
        """The environment's plan; its observations serve the reads that follow, each once."""
        plan = make_plan(*self._open())
        with self._lock:
            self._fresh = {entry.observed.sdk_app_id: entry.observed for entry in plan.applications}
        return plan

    def read(self, sdk_app_id: int) -> Observed:
        with self._lock:
            fresh = self._fresh.pop(sdk_app_id, None)
        return fresh or self.console.read(sdk_app_id)

    def described(self, sdk_app_id: int) -> dict[str, Value]:
        """What the specs say of an application; empty where none describes it."""
        applications = self._open()[0].applications
        return next((desired_values(app) for app in applications if app.sdk_app_id == sdk_app_id), {})

    def applier(self) -> Applier:
        """What writes: from the first write to the end of this process the environment's lock is ours."""
        with self._lock:
            if self._applier is None:
                environment, console = self._open()
                root = Workspace.containing(self._folder).root
                state = State(self.name, root, environment.journal, self._clock)
                self._applier = self._writing.enter_context(applying(state, console, engine="pulumi"))
            return self._applier

    def close(self) -> None:
        with self._lock:
            self._writing.close()
            self._applier = None
            if self._opened is not None:
                self._opened[1].close()
                self._opened = None

    def _open(self) -> tuple[Environment, Console]:
        with self._lock:
            if self._opened is None:
                workspace = Workspace.containing(self._folder, self._clock)
                environment = workspace.environment(self.name)
                self._opened = (environment, open_console(environment, workspace.root, os.environ))
            return self._opened
