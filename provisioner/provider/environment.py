"""The environment that a plugin process serves: specs, console and observations, opened when first asked for."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Mapping
from contextlib import ExitStack, suppress
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from provisioner.console.audit.audited_console import open_audited_console
from provisioner.console.controller_client import running_contracts
from provisioner.console.port import Console, Observed
from provisioner.console.runbook.labels import labels_of
from provisioner.foundation.clock import Clock, system_clock, timestamp
from provisioner.foundation.errors import ConflictError, ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.provider import tokens
from provisioner.provider.configuration import Configuration
from provisioner.provider.gate import RefusedError
from provisioner.provider.properties import said
from provisioner.reconcile.apply.apply import Applied, Applier, Reviewed, StoppedError, applying
from provisioner.reconcile.apply.journal import JournalEntry, holds_after, open_writes, runs_of
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.reconcile.guardrails.change import Guardrails
from provisioner.reconcile.guardrails.reading import guardrails
from provisioner.reconcile.plan.document import Document, document
from provisioner.reconcile.plan.plan import Plan, limit_findings, make_plan
from provisioner.reconcile.plan.reach import reach
from provisioner.reconcile.plan.refusals import PlanRefusal, intend, refusals
from provisioner.reconcile.plan.removal import Managed, gone
from provisioner.reconcile.plan.seal import addresses, load
from provisioner.reconcile.plan.staleness import moved
from provisioner.recording.application import Application
from provisioner.recording.consequences import MAX_CHANGES
from provisioner.recording.value_types import Value
from provisioner.report.plan.terminal import render_refusals
from provisioner.specs.documents.environment import Environment
from provisioner.specs.documents.revision import Revision, revision
from provisioner.specs.workspace import Workspace


class Described(NamedTuple):
    """An application of the specs, and what it says as a resource."""

    application: Application
    says: Mapping[str, Value]


class PlannedEnvironment:
    """One environment, of the specs around `folder` or configured by a program. Safe to use from several threads."""

    def __init__(self, configuration: Configuration, folder: Path, clock: Clock = system_clock) -> None:
        self.name = configuration.environment
        self.has_specs = configuration.own is None
        self._configuration = configuration
        self._clock = clock
        self._folder = folder
        self._lock = threading.RLock()
        self._opened: tuple[Environment, Path, Console] | None = None
        self._writing = ExitStack()
        self._applier: Applier | None = None
        self._fresh: dict[int, Observed] = {}
        self._generations: dict[int, str | None] = {}
        self._sealed: Document | None = None
        self._refused: str | None = None
        self._done: set[str] = set()
        self._changing: set[int] = set()
        self._stopping: set[int] = set()
        self._described: dict[int, Described] = {}
        self._history: tuple[JournalEntry, ...] | None = None
        self._holds: Mapping[int, datetime] | None = None
        self._cancelled = threading.Event()

    @property
    def environment(self) -> Environment:
        """The specs. Raises ProvisionerError where they cannot be read."""
        return self._open()[0]

    @property
    def reviewed(self) -> Document | None:
        """The sealed plan that this run carries out, once it was read; None where none is named."""
        return self._sealed

    @property
    def console(self) -> Console:
        """The console that they name, opened when first asked for."""
        return self._open()[2]

    @property
    def today(self) -> date:
        """The day by which intents and waivers are judged."""
        return self._clock().date()

    def page(self, sdk_app_id: int) -> str:
        """Where people find the application in the console."""
        environment, root, _ = self._open()
        return labels_of(environment, root).address(sdk_app_id)

    def warm_up(self) -> None:
        """Read the specs and load what the console needs, in the background; nothing is asked of the console."""

        def open_early() -> None:
            with suppress(ProvisionerError):  # told to whoever asks
                self._open()

        threading.Thread(target=open_early, daemon=True).start()

    def plan(
        self, held: Iterable[Managed] = (), asked: Mapping[int, Mapping[str, Value]] = MappingProxyType({})
    ) -> tuple[Plan, str]:
        """The environment's plan, and all that stands against carrying it out, in words ('' where nothing does).

        `held` are the applications of the stack, as they were last applied, and `asked` what was asked of the console
        then, by SDKAppId; a reviewed plan has a base for that. The plan's observations serve the reads that follow,
        each once.
        """
        if not self.has_specs:
            raise UsageError("getPlan compares with specs, and this provider has a console of its own")
        environment, root, console = self._open()
        sealed = self._load_reviewed()
        held_gone = gone(held, environment, self._managed)
        base, guarded = _compared(Workspace(root, self._clock), environment, sealed) if sealed else (None, None)
        plan = make_plan(
            environment,
            console,
            None,
            base,
            gone=held_gone,
            running=running_contracts(environment, root),
            guardrails=guarded,
            reach=reach(environment, base, root) if base and sealed and "changed" in sealed else None,
            asked={} if sealed else asked,
        )
        against = render_refusals(refusals(plan, {}, self.today.isoformat()), flag=False)
        with self._lock:
            self._stopping = {entry.application.sdk_app_id for entry in plan.applications if entry.application.removed}
            self._fresh = {entry.observed.sdk_app_id: entry.observed for entry in plan.applications}
            self._refused = "\n".join(filter(None, (against, self._moved(plan))))
        return plan, self._refused

    def settle(self, plan: Plan) -> None:
        """Put on record that a write which nobody saw end has ended, for what `plan` found to be as wanted.

        A run that was killed between a write and its entry leaves nothing to write: no later run would say so. Where
        it cannot be recorded now, a later run does.
        """
        with self._lock, suppress(ProvisionerError):
            unsettled = open_writes(self._entries())
            found = [entry.application for entry in plan.applications if entry.action == "none"]
            if ended := [app for app in found if app.sdk_app_id in unsettled]:
                self._open_applier().note_equal(ended)

    def effective_after(self, sdk_app_id: int) -> str:
        """From when on rooms follow the last write by the journal, which outlives a lost state; '' where none is known.

        As of the beginning of this run.
        """
        with self._lock:
            if self._holds is None:
                self._holds = {}
                with suppress(ProvisionerError):  # a state may know, and nothing is decided by it
                    self._holds = holds_after(self._entries())
            moment = self._holds.get(sdk_app_id)
        return timestamp(moment) if moment else ""

    def _entries(self) -> tuple[JournalEntry, ...]:
        """The journal as it was when this run first asked. Raises ProvisionerError."""
        if self._history is None:
            self._history = tuple(self._state.journal.entries())
        return self._history

    def read(self, sdk_app_id: int) -> Observed:
        """What the console shows of an application: what getPlan has just seen, else a fresh read."""
        with self._lock:
            fresh = self._fresh.pop(sdk_app_id, None)
        observed = fresh or self.console.read(sdk_app_id)
        self._generations[sdk_app_id] = observed.generation
        return observed

    def generation(self, sdk_app_id: int) -> str | None:
        """The recording type that this process has seen. Raises KeyError where it has not looked."""
        return self._generations[sdk_app_id]

    def over_limit(self, sdk_app_id: int) -> list[PlanRefusal]:
        """What stands against changing one more application, by the limits of a console of a program's own.

        Of an environment with specs the plan as a whole is judged. How many applications a program has is not known
        before its end, so a percentage has no meaning here.
        """
        if self.has_specs:
            return []
        environment = self.environment
        with self._lock:
            self._changing.add(sdk_app_id)
            exceeded = limit_findings(environment, len(self._changing), of=0)
        if not exceeded or environment.acknowledges(MAX_CHANGES.id, self.today):
            return []
        return [PlanRefusal(finding, intend(finding, environment.where.file)) for finding in exceeded]

    def stops(self, sdk_app_id: int) -> bool:
        """Whether the plan that passed the gate stops this application, whose spec is gone."""
        with self._lock:
            return sdk_app_id in self._stopping

    def _managed(self) -> Collection[int] | None:
        return Workspace(self._open()[1], self._clock).managed()

    def described(self, sdk_app_id: int) -> Described | None:
        """What a spec says of an application."""
        environment = self.environment
        with self._lock:
            if len(self._described) != len(environment.applications):
                self._described = {app.sdk_app_id: Described(app, said(app.values)) for app in environment.applications}
            return self._described.get(sdk_app_id)

    def apply(self, name: str, sdk_app_id: int, desired: dict[str, Value], reviewed: Reviewed) -> Applied:
        """Write one application, unless the run was cancelled or something stands against the environment's plan."""
        if self._cancelled.is_set():
            raise StoppedError(
                f"{printable(name)}: not written, the run was cancelled", fix="`pulumi up` again continues."
            )
        applier = self._open_applier()
        if refused := self.not_reviewed(sdk_app_id):
            raise RefusedError(f"{printable(name)}: {refused}")
        applied = applier.apply(name, sdk_app_id, desired, reviewed)
        with self._lock:
            self._done.add(name)
        return applied

    def not_reviewed(self, sdk_app_id: int) -> str:
        """Why an application must not be written, whatever differs: the reviewed plan is not about it; else ''."""
        with self._lock:
            sealed = self._sealed
        if sealed is None or sealed["scope"] is None:
            return ""
        if any(app["sdkAppId"] == sdk_app_id for app in sealed["applications"]):
            return ""
        return (
            "differs from its spec, and the reviewed plan, which is of what changed, is not about it. `make up` "
            "leaves it alone; without `make` name the plan's applications by --target, or apply a plan of all."
        )

    def cancel(self) -> None:
        """Refuse writes that have not begun; those in flight finish."""
        self._cancelled.set()

    def close(self) -> None:
        """End the journal's run and close the console. A run that was interrupted stays unfinished in the journal."""
        with self._lock:
            if self._interrupted():
                # The journal must not say that the run ended: a sealed plan counts as carried out by that.
                stopped = StoppedError("the run was interrupted")
                with suppress(StoppedError):
                    self._writing.__exit__(StoppedError, stopped, None)
            self._writing.close()
            self._applier = None
            if self._opened is not None:
                self._opened[2].close()
                self._opened = None

    def _interrupted(self) -> bool:
        planned = {app["name"] for app in self._sealed["applications"] if app["changes"]} if self._sealed else set()
        return self._cancelled.is_set() or not planned <= self._done

    def _open(self) -> tuple[Environment, Path, Console]:
        with self._lock:
            if self._opened is None:
                environment, root = self._configuration.open(self._folder, self._clock)
                self._opened = (environment, root, open_audited_console(environment, root, os.environ))
            return self._opened

    def _open_applier(self) -> Applier:
        """What writes: from the first write to the end of this process the environment's lock is ours."""
        with self._lock:
            if self._applier is None:
                if self.has_specs and self._refused is None:
                    self.plan()  # a program that did not ask: the environment as a whole is judged all the same
                if self._refused:
                    raise RefusedError(f"Refused; nothing was written:\n{self._refused}")
                self._applier = self._writing.enter_context(
                    applying(
                        self._state,
                        self.console,
                        engine="pulumi",
                        plan=self._sealed["seal"]["digest"] if self._sealed else "",
                    )
                )
            return self._applier

    @property
    def _state(self) -> EnvironmentState:
        """The environment's lock and journal."""
        environment, root, _ = self._open()
        return EnvironmentState(self.name, root, environment.journal, self._clock)

    def _load_reviewed(self) -> Document | None:
        """The sealed plan that was reviewed, None where none is named. Raises UsageError where it is another's."""
        named = os.environ.get(tokens.PLAN_VARIABLE)
        if not named:
            return None
        self._sealed = sealed = load(self._folder / named)
        if (made_for := addresses(sealed)) != [self.name]:
            raise UsageError(
                f"was made for {printable(', '.join(made_for))}, and this stack is {self.name}",
                where=printable(named),
                fix=f"`provisioner plan {self.name} --out FILE` makes one for the whole environment.",
            )
        return sealed

    def _moved(self, plan: Plan) -> str:
        """What differs from the sealed plan that was reviewed, in words; '' where nothing does or none is named."""
        sealed, named = self._sealed, os.environ.get(tokens.PLAN_VARIABLE, "")
        if sealed is None:
            return ""
        runs = runs_of(self._entries(), sealed["seal"]["digest"])
        if runs.finished:
            raise ConflictError(f"this plan was carried out already, at {runs.finished}", where=printable(named))
        self._done |= runs.done
        found = moved(sealed, document(plan), self._clock(), runs)
        lines = [f"{printable(named)}: {printable(str(one))}" for one in found]
        return "\n".join(
            [*lines, "  The reviewed plan is out of date. Make it again and have it reviewed."] if lines else []
        )


def _compared(
    workspace: Workspace, environment: Environment, sealed: Document
) -> tuple[Revision | None, Guardrails | None]:
    """The base that a reviewed plan was compared with, so that the whole of it can be made again. Raises GitError."""
    if sealed["base"] is None:
        return None, None
    base = revision(workspace, sealed["base"]["ref"], environment.name)
    return base, guardrails(workspace, environment, base.commit)
