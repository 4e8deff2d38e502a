"""The tree of spec files: finds them, reads them, and yields environments or every reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provisioner.foundation.errors import Location, ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.redaction import printable
from provisioner.recording.application import Application, Intent, Layer
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Finding, Severity
from provisioner.specs import rules, shape
from provisioner.specs.console_choice import console_choice, without_effect
from provisioner.specs.environment import Environment
from provisioner.specs.layers import Patch, merge
from provisioner.specs.reader import Malformed, Node, read

ENVIRONMENTS = "environments"
TEMPLATES = "templates"
_PIN = re.compile(r"([a-z0-9-]+)@v([1-9][0-9]*)")


class SpecErrors(ProvisionerError):
    """Specs that must not be acted on: every reason of every file, sorted by place."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = sorted(set(findings), key=Finding.sort_key)
        super().__init__("\n".join(map(str, self.findings)))


@dataclass
class Workspace:
    """The folder that holds `environments/` and `templates/`. Documents are read once."""

    root: Path
    _documents: dict[str, Node | None] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)

    @classmethod
    def containing(cls, folder: Path) -> Workspace:
        """The workspace that `folder` lies in. Raises UsageError."""
        for candidate in (folder.resolve(), *folder.resolve().parents):
            if (candidate / ENVIRONMENTS).is_dir():
                return cls(candidate)
        raise UsageError(
            "no folder environments/ here or above",
            where=str(folder),
            fix="Run this inside a checkout that holds environments/ and templates/.",
        )

    def environment_names(self) -> list[str]:
        folder = self.root / ENVIRONMENTS
        return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))

    def require(self, name: str) -> None:
        """Raises UsageError where there is no environment of that name."""
        known = self.environment_names()
        if name not in known:
            raise UsageError(
                f'there is no environment "{printable(name)}"{did_you_mean(name, known)}',
                where=f"{ENVIRONMENTS}/",
                fix=f"Known: {', '.join(known) or 'none'}.",
            )

    def environment(self, name: str) -> Environment:
        """One environment with its effective applications. Raises SpecErrors with all findings, UsageError."""
        self.require(name)
        self._findings = []
        environment = self._environment(name)
        findings = [*self._findings, *(rules.check((environment,)) if environment else ())]
        if findings or environment is None:
            raise SpecErrors(findings)
        return environment

    def validate(self) -> tuple[list[Environment], list[Finding]]:
        """Every environment that can be read, and the findings of all files, sorted."""
        environments: list[Environment] = []
        findings: list[Finding] = []
        for name in self.environment_names():
            try:
                environments.append(self.environment(name))
            except SpecErrors as error:
                findings.extend(error.findings)
        self._findings = []
        for path in self._files(f"{TEMPLATES}"):
            self._template_patch(path)
        findings.extend(self._findings)
        return environments, sorted(set(findings), key=Finding.sort_key)

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
            self._documents[path] = None if findings else node
            self._findings.extend(findings)
        return self._documents[path]

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
            for key in without_effect(console.plain()):
                where = console.value[key].key_at(path)
                self._refuse("REC022", f"console.{key} counts with the tencent driver only", where)
        apps = self._files(f"{ENVIRONMENTS}/{name}/apps")
        applications = [self._application(name, app, node, path) for app in apps]
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
        )

    def _application(self, environment: str, path: str, base: Node | None, base_path: str) -> Application | None:
        node = self._document(path, "application")
        if node is None:
            return None
        self._check_name(node, Path(path).stem, path, "its file")
        patches = []
        pin = node.value["recording"].value.get("template")
        if pin is not None and (template := self._pinned(pin, path)):
            patches.append(template)
        if base is not None and "settings" in base.value:
            patches.append(Patch(Layer.ENVIRONMENT, base_path, SETTINGS, base.value["settings"]))
        patches.append(Patch(Layer.APPLICATION, path, "", node))
        leaves, findings = merge(patches)
        self._findings.extend(findings)
        if findings:
            return None
        return Application(environment, Location(path), leaves, _intents(node, path))

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
        return Patch(Layer.TEMPLATE, file, SETTINGS, node.value["settings"])

    def _check_name(self, node: Node, expected: str, path: str, whose: str) -> None:
        name = node.value["name"]
        if name.value != expected:
            self._refuse(
                "REC021",
                f'name is "{printable(name.value)}", but {whose} is called {expected}',
                name.at(path),
            )


def _intents(node: Node, path: str) -> dict[str, Intent]:
    if "intent" not in node.value:
        return {}
    return {
        name: Intent(name, entry.value["reason"].value, entry.value["expires"].value, entry.at(path))
        for name, entry in node.value["intent"].value.items()
    }
