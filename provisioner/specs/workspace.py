"""The tree of spec files: finds them, reads them, and yields environments or every reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.errors import Location, ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.redaction import printable
from provisioner.recording.application import Application, Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.specs import rules, shape
from provisioner.specs.console_choice import console_choice, without_effect
from provisioner.specs.environment import (
    Environment,
    check_minimum_retention,
    minimum_retention,
    places,
)
from provisioner.specs.exceptions import read_exceptions
from provisioner.specs.layers import Patch, merge, split
from provisioner.specs.lock import LOCK, Digest, digest, read_lock
from provisioner.specs.owners import read_owners
from provisioner.specs.reader import Malformed, Node, read
from provisioner.specs.rules.rule import Specs

ENVIRONMENTS = "environments"
TEMPLATES = "templates"
_PIN = re.compile(r"([a-z0-9-]+)@v([1-9][0-9]*)")


class SpecErrors(ProvisionerError):
    """Specs that must not be acted on: every reason of every file, sorted by place."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(set(findings), key=Finding.sort_key)
        super().__init__("\n".join(told(self.findings)))


def told(findings: Sequence[Finding]) -> list[str]:
    """Each finding as a line, in order; what several applications share at one place is told once."""
    return list(dict.fromkeys(map(str, findings)))


@dataclass
class Workspace:
    """The folder that holds `environments/` and `templates/`. Documents are read once.

    `clock` says on which day waivers and intents are judged.
    """

    root: Path
    clock: Clock = system_clock
    _documents: dict[str, tuple[Node | None, list[Finding]]] = field(default_factory=dict)
    _versions: dict[str, Digest] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)

    @classmethod
    def containing(cls, folder: Path, clock: Clock = system_clock) -> Workspace:
        """The workspace that `folder` lies in. Raises UsageError."""
        for candidate in (folder.resolve(), *folder.resolve().parents):
            if (candidate / ENVIRONMENTS).is_dir():
                return cls(candidate, clock)
        raise UsageError(
            "no folder environments/ here or above",
            where=str(folder),
            fix="Run this inside a checkout that holds environments/ and templates/.",
        )

    def environment_names(self) -> list[str]:
        folder = self.root / ENVIRONMENTS
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))

    def environment(self, name: str) -> Environment:
        """One environment with its effective applications and its warnings.

        Rules see every environment that can be read, and only what they say of this one counts: broken specs
        elsewhere stop nothing here. Raises SpecErrors with all errors, UsageError.
        """
        known = self.environment_names()
        if name not in known:
            raise UsageError(
                f'there is no environment "{printable(name)}"{did_you_mean(name, known)}',
                where=f"{ENVIRONMENTS}/",
                fix=f"Known: {', '.join(known) or 'none'}.",
            )
        environment, errors = self._load(name)
        if environment is None:
            raise SpecErrors(errors)
        others = (self._load(other)[0] for other in known if other != name)
        findings = self._judge([environment, *(other for other in others if other)])
        judged = environment.judged(findings)
        if errors := [finding for finding in judged.findings if finding.stops]:
            raise SpecErrors(errors)
        return judged

    def validate(self) -> tuple[list[Environment], list[Finding]]:
        """Every environment without an error, and the findings of all files, sorted."""
        loaded = [self._load(name) for name in self.environment_names()]
        readable = [environment for environment, _ in loaded if environment]
        judged = self._judge(readable)
        self._findings = []
        for path in self._files(f"{TEMPLATES}"):
            self._template_patch(path)
        findings = [*(finding for _, errors in loaded for finding in errors), *self._findings, *judged]
        environments = [environment.judged(judged) for environment in readable]
        valid = [found for found in environments if not any(finding.stops for finding in found.findings)]
        return valid, sorted(set(findings), key=Finding.sort_key)

    def _load(self, name: str) -> tuple[Environment | None, list[Finding]]:
        """One environment before any rule has seen it, and the errors of its files; None where there are any."""
        self._findings = []
        environment = self._environment(name)
        return environment, self._findings

    def _judge(self, environments: Sequence[Environment]) -> list[Finding]:
        """What the rules say, and what is wrong with the lock: that stops production only, which is held to it."""
        self._findings = []
        production = [environment.name for environment in environments if environment.production]
        locked = self._locked() if production else {}
        errors = [replace(finding, environment=name) for name in production for finding in self._findings]
        specs = Specs(tuple(environments), self._today, self._versions, locked, read_owners(self.root))
        return [*errors, *rules.check(specs)]

    @property
    def _today(self) -> date:
        return self.clock().date()

    # Reading

    def _files(self, folder: str) -> Iterator[str]:
        base = self.root / folder
        if base.is_dir():
            yield from sorted(path.relative_to(self.root).as_posix() for path in base.rglob("*.yaml"))

    def _document(self, path: str, kind: str) -> Node | None:
        """The document at `path` in the shape of its kind; findings are gathered, None stands for any of them."""
        if path not in self._documents:
            try:
                node = read(self._bytes(path), path)
                findings = shape.check(node, kind, path)
            except Malformed as error:
                findings = error.findings
            self._documents[path] = (None if findings else node, findings)
        document, findings = self._documents[path]
        self._findings.extend(findings)
        return document

    def _bytes(self, path: str) -> bytes:
        full = self.root / path
        reason = ""
        try:
            if not full.resolve().is_relative_to(self.root.resolve()):
                reason = "is a link that leaves the project"
            elif full.is_dir():
                reason = "is a folder, not a file"
            else:
                return full.read_bytes()
        except OSError as error:
            reason = f"cannot be read: {error.strerror or error}"
        raise Malformed([Finding("REC002", Severity.ERROR, reason, Location(path))])

    def _refuse(self, rule: str, message: str, where: Location) -> None:
        self._findings.append(Finding(rule, Severity.ERROR, message, where))

    # Assembling

    def _environment(self, name: str) -> Environment | None:
        path = f"{ENVIRONMENTS}/{name}/environment.yaml"
        node = self._document(path, "environment")
        if node is not None:
            self._check_name(node, name, path, "its folder")
            console = node.value["console"]
            plain_console = console.plain()
            for key in without_effect(plain_console):
                where = console.value[key].key_at(path)
                self._refuse("REC022", f"console.{key} means nothing to the driver {plain_console['driver']}", where)
        apps = self._files(f"{ENVIRONMENTS}/{name}/apps")
        applications = [self._application(name, app, node, path) for app in apps]
        if node is not None:
            self._findings.extend(check_minimum_retention(node, path))
        if node is None or None in applications or self._findings:
            return None
        plain: dict[str, Any] = node.plain()
        return Environment(
            name=name,
            tier=plain["tier"],
            site=plain["site"],
            region=plain["region"],
            console=console_choice(plain["console"]),
            where=Location(path),
            applications=tuple(app for app in applications if app is not None),
            today=self._today,
            minimum_retention=minimum_retention(node),
            places=dict(places(node, path)),
        )

    def _application(self, environment: str, path: str, base: Node | None, base_path: str) -> Application | None:
        node = self._document(path, "application")
        if node is None:
            return None
        self._check_name(node, Path(path).stem, path, "its file")
        patches = []
        templates: tuple[str, ...] = ()
        pin = node.value["recording"].value.get("template")
        if pin is not None and (template := self._pinned(pin, path)):
            patches.append(template)
            templates = (str(pin.value),)
        if base is not None and "settings" in base.value:
            patches.append(Patch(Layer.ENVIRONMENT, base_path, SETTINGS, base.value["settings"]))
        patches.append(Patch(Layer.APPLICATION, path, "", node))
        leaves, findings = merge(patches)
        self._findings.extend(findings)
        if findings:
            return None
        intents, waivers, findings = read_exceptions(node, path)
        self._findings.extend(findings)
        counted, inert = split(leaves)
        return Application(environment, Location(path), counted, intents, waivers, templates, inert)

    def _pinned(self, pin: Node, path: str) -> Patch | None:
        match = _PIN.fullmatch(str(pin.value))
        if match is None:
            return None  # the merge judges the word itself
        file = f"{TEMPLATES}/{match[1]}/v{match[2]}.yaml"
        if not (self.root / file).exists():
            known = [f"{Path(known).parent.name}@{Path(known).stem}" for known in self._files(TEMPLATES)]
            hint = did_you_mean(str(pin.value), known)
            self._refuse("REC020", f"recording.template {pin.value}: there is no {file}{hint}", pin.at(path))
            return None
        return self._template_patch(file)

    def _template_patch(self, file: str) -> Patch | None:
        node = self._document(file, "template")
        if node is None:
            return None
        self._check_name(node, Path(file).parent.name, file, "its folder")
        pin = f"{Path(file).parent.name}@{Path(file).stem}"
        if pin not in self._versions:
            self._versions[pin] = Digest(digest(node.plain()), Location(file))
        return Patch(Layer.TEMPLATE, file, SETTINGS, node.value["settings"])

    def _check_name(self, node: Node, expected: str, path: str, whose: str) -> None:
        name = node.value["name"]
        if name.value != expected:
            self._refuse(
                "REC021",
                f'name is "{printable(name.value)}", but {whose} is called {expected}',
                name.at(path),
            )

    def _locked(self) -> Mapping[str, Digest]:
        """What the lock holds, by pin; an unreadable one is an error by itself, and nothing is compared with it."""
        if not (self.root / LOCK).exists():
            return {}
        node = self._document(LOCK, "lock")
        return self._versions if node is None else read_lock(node)
