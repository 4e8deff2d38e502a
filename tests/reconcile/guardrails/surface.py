"""Everything that protects an environment, as choices that tests make and edit: files in memory, read as ever."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from provisioner.reconcile.guardrails.policy import GuardrailPolicy
from provisioner.reconcile.guardrails.reading import CommitPolicy
from provisioner.specs.codeowners.github import GITHUB
from provisioner.specs.codeowners.owners import Owners
from provisioner.specs.workspace import Workspace

TODAY = datetime(2026, 11, 28, tzinfo=UTC)
CODEOWNERS = ("* @acme/platform", "/environments/*/apps/call.yaml @acme/calls", "/.github/ @acme/security")


@dataclass(frozen=True)
class App:
    """One application's file; `more` are further lines of it."""

    sdk_app_id: int
    file: str = "call"
    owner: str = "@acme/calls"
    key: str = "env:REC_KEY"
    more: str = ""

    def text(self) -> str:
        return (
            f"apiVersion: recording/v1\nkind: Application\nname: {self.file}\nsdkAppId: {self.sdk_app_id}\n"
            f'owner: "{self.owner}"\nrecording:\n  enabled: true\n  mode: auto\n  template: call@v1\n'
            f"  settings: {{callback: {{url: https://cb.example.com/x, keyRef: {self.key}}}}}\n{self.more}"
        )


@dataclass(frozen=True)
class Surface:
    """One commit of a project with the environment prod. `lines` are those of its environment.yaml that tests edit."""

    tier: str = "production"
    console: str = "{driver: tencent}"
    lines: tuple[str, ...] = ("approvals: {required: 1, high: 2}",)
    apps: tuple[App, ...] = (App(20000101), App(20000102, "desk", "@acme/platform"))
    codeowners: tuple[str, ...] = CODEOWNERS
    lock: tuple[tuple[str, str], ...] = (("call@v1", "sha256:1"),)
    files: tuple[tuple[str, str], ...] = (("/.github/workflows/review.yaml", "1"), ("policies/https.yaml", "1"))
    site: str = "intl"
    broken: bool = False
    there: bool = True
    other: App | None = None
    """An application of the environment dev."""

    def environment(self) -> str:
        body = "\n".join(self.lines)
        mistake = "tier: nonsense\n" if self.broken else f"tier: {self.tier}\n"
        return (
            f"apiVersion: recording/v1\nkind: Environment\nname: prod\n{mistake}site: {self.site}\n"
            f"region: ap-singapore\nconsole: {self.console}\nsettings:\n"
            f"  storage: {{vendor: vod, vod: {{subAppId: 1500000001, retention: 90d}}}}\n{body}\n"
        )

    def line(self, old: str, new: str = "") -> Surface:
        """With one line of environment.yaml replaced, or without it."""
        assert old in self.lines, old
        kept = [new if line == old else line for line in self.lines]
        return replace(self, lines=tuple(line for line in kept if line))

    def with_lines(self, *lines: str) -> Surface:
        return replace(self, lines=(*self.lines, *lines))

    def read(self, root: Path, name: str = "prod") -> CommitPolicy:
        """As the reader of commits would have it; `root` is a folder with the template call@v1."""
        drafts = {}
        if self.there:
            drafts["environments/prod/environment.yaml"] = self.environment().encode()
            drafts |= {f"environments/prod/apps/{app.file}.yaml": app.text().encode() for app in self.apps}
        if self.other:
            dev = replace(self, tier="development", lines=(), console="{driver: embedded}", broken=False).environment()
            drafts["environments/dev/environment.yaml"] = dev.replace("name: prod", "name: dev").encode()
            drafts[f"environments/dev/apps/{self.other.file}.yaml"] = self.other.text().encode()
        workspace = Workspace(root, lambda: TODAY, drafts)
        names = workspace.environment_names()
        own, wrong = workspace.readable(name) if name in names else (None, [])
        read = {other: own if other == name else workspace.unjudged(other) for other in names}
        text = "\n".join(self.codeowners)
        lines = {number: line for number, line in enumerate(self.codeowners, start=1) if not line.startswith("#")}
        policy = GuardrailPolicy(
            name,
            {each: environment for each, environment in read.items() if environment},
            frozenset(names),
            Owners("CODEOWNERS", "", GITHUB.read(text), lines) if self.codeowners else None,
            dict(self.lock),
            dict(self.files),
        )
        return CommitPolicy(f"{hash(self) & (1 << 159):040x}", name in names, policy, tuple(wrong))
