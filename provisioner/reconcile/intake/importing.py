"""A whole account into specs: each application that no spec manages becomes a file that says what the console shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.console.port import ListedApplication, Observed, Unreadable
from provisioner.foundation.errors import ProvisionerError
from provisioner.reconcile.intake.adopt import Adoption, adopt
from provisioner.reconcile.intake.template_extraction import Profile, nearest, profile, profile_of, shared
from provisioner.reconcile.plan.diff import Unverified, diff
from provisioner.recording.document import nest
from provisioner.recording.field import Mode
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import short
from provisioner.recording.value_types import Value, canonical
from provisioner.specs.editing import scaffold
from provisioner.specs.files import Drafts
from provisioner.specs.layout import application_file, template_file
from provisioner.specs.workspace import SpecErrors, Workspace
from provisioner.specs.yaml.reader import Malformed

_ENABLED = "/recording/enabled"
_MODE = "/recording/mode"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An application that is to get a spec: as the account lists it, as the console shows it, as the spec calls it.

    `unseen` is the mode that its spec asks for where nobody has looked at what the console shows; else None.
    """

    listed: ListedApplication
    observed: Observed
    name: str
    owner: str
    unseen: Mode | None = None

    @property
    def switches(self) -> dict[str, Value]:
        """Whether and how it is recorded, as far as that can be read, or is asked for."""
        if self.unseen is not None:
            return {_ENABLED: True, _MODE: self.unseen.value}
        shown = {path: self.observed.fields.get(path) for path in (_ENABLED, _MODE)}
        return {path: value for path, value in shown.items() if value is not None and not isinstance(value, Unreadable)}

    @property
    def by_backend(self) -> bool:
        """Whether the console shows that only the backend starts recordings."""
        return self.switches == {_ENABLED: True, _MODE: Mode.MANUAL.value}

    @property
    def unverified(self) -> tuple[Unverified, ...]:
        """Switches that the console does not show."""
        return diff(self.switches, self.observed).unverified


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An application that got no spec, and why."""

    listed: ListedApplication
    reason: str


@dataclass(frozen=True, slots=True)
class ImportedApplication:
    """One application's new file; `adoption` holds its text and what it sets apart from `template`."""

    candidate: Candidate
    template: str | None
    adoption: Adoption


@dataclass(frozen=True, slots=True)
class Import:
    """What an import writes, templates first; `templates` are the new versions, each with how many pin it."""

    documents: Drafts
    templates: Mapping[str, int]
    applications: tuple[ImportedApplication, ...]
    left_out: tuple[LeftOut, ...]


def import_applications(
    workspace: Workspace,
    environment: str,
    candidates: Sequence[Candidate],
    *,
    share: int,
    contract: str | None,
    template: str | None = None,
) -> Import:
    """Specs for `candidates`, judged as if they stood there; what would be no valid spec is left out.

    `contract` is the template (`call@v1`) that backends record by where the mode is manual: no console knows it.
    `template` is that of automatic recordings at which nobody has looked.
    Raises ProvisionerError where specs that are there already would break.
    """
    known = {pin: profile(values) for pin, values in workspace.template_values().items()}
    reasons = {one.name: reason for one in candidates if (reason := _unimportable(one, contract))}
    kept = [one for one in candidates if one.name not in reasons]
    profiles = {one.name: profile_of(one.observed) for one in kept if one.unseen is None}
    new = shared(list(profiles.values()), set(known.values()), share, {pin.partition("@")[0] for pin in known})
    versions = {**known, **new}
    pins = {
        one.name: contract if one.by_backend else template if one.unseen else nearest(profiles[one.name], versions)
        for one in kept
    }
    importing = _Importing(workspace, environment, new, pins)
    while True:
        chosen = [one for one in candidates if one.name not in reasons]
        imported, refused = importing.judged(chosen)
        if not refused:
            return Import(
                importing.documents(imported),
                {pin: users for pin, users in Counter(one.template for one in imported).items() if pin in new},
                tuple(imported),
                tuple(LeftOut(one.listed, reasons[one.name]) for one in candidates if one.name in reasons),
            )
        reasons |= refused


def _unimportable(one: Candidate, contract: str | None) -> str:
    """Why no spec can be written for it; empty where one can."""
    if len(one.switches) < 2:
        return "whether and how it is recorded cannot be read"
    if one.by_backend and contract is None:
        return "its backend starts the recordings, and by which settings stands in no console: pass --contract NAME@vN"
    for path, value in one.observed.fields.items():
        if value is not None and not isinstance(value, Unreadable):
            try:
                FIELDS[path].kind.parse(canonical(value))
            except ValueError as reason:
                return f"{short(path)} {reason}"
    return ""


@dataclass(frozen=True, slots=True)
class _Importing:
    """One environment's import: its new template versions, and which version each application pins."""

    workspace: Workspace
    environment: str
    new: Mapping[str, Profile]
    pins: Mapping[str, str | None]

    def judged(self, chosen: Sequence[Candidate]) -> tuple[list[ImportedApplication], dict[str, str]]:
        """The specs, and the reasons against those that would not be valid, by name."""
        imported, refused = self._written(chosen)
        if not refused:
            try:
                self.workspace.drafted(self.documents(imported)).environment(self.environment)
            except SpecErrors as error:
                refused = self._blamed(error, imported)
        return imported, refused

    def documents(self, imported: Iterable[ImportedApplication]) -> Drafts:
        applications = {one.adoption.draft.file: one.adoption.draft.text.encode() for one in imported}
        users = Counter(one.template for one in imported)
        return {**self._templates(users), **applications}

    def _templates(self, users: Mapping[str | None, int]) -> Drafts:
        return {template_file(pin): self._template(pin, users[pin]).encode() for pin in self.new if users[pin]}

    def _template(self, pin: str, users: int) -> str:
        settings = nest(dict(self.new[pin]))["recording"]["settings"]
        many = "application of" if users == 1 else "applications of"
        description = f"What {users} {many} {self.environment} recorded by when they were imported"
        return scaffold.imported_template(
            self.workspace.root, template_file(pin), pin.partition("@")[0], description, settings
        )

    def _written(self, chosen: Sequence[Candidate]) -> tuple[list[ImportedApplication], dict[str, str]]:
        """A file with the switches and the pin, which then adopts the rest."""
        drafts = {application_file(self.environment, one.name): self._bare(one) for one in chosen}
        everything = self.workspace.drafted({**self._templates(Counter(self.pins.values())), **drafts})
        imported, refused = [], {}
        for one in chosen:
            try:
                adoption = adopt(everything.draft(self.environment, one.name), one.observed)
                imported.append(ImportedApplication(one, self.pins[one.name], adoption))
            except Malformed as error:
                refused[one.name] = "; ".join(map(str, error.findings))
            except ProvisionerError as error:
                refused[one.name] = error.what
        return imported, refused

    def _bare(self, one: Candidate) -> bytes:
        pin = self.pins[one.name]
        recording: dict[str, Any] = nest(one.switches)["recording"] | ({"template": pin} if pin else {})
        document = {"name": one.name, "sdkAppId": one.listed.sdk_app_id, "owner": one.owner, "recording": recording}
        file = application_file(self.environment, one.name)
        return scaffold.imported_application(self.workspace.root, file, document, _notes(one)).encode()

    def _blamed(self, error: SpecErrors, imported: Sequence[ImportedApplication]) -> dict[str, str]:
        """The errors by the new application that they are about. Raises ProvisionerError where one is about another."""
        files = {one.adoption.draft.file: one.candidate.name for one in imported}
        names = set(files.values())
        refused: dict[str, str] = {}
        for finding in error.findings:
            name = files.get(finding.where.file if finding.where else "") or finding.application
            if name not in names:
                raise ProvisionerError(f"Importing would break what is there, so nothing was written:\n{error}")
            refused[name] = (
                f"{refused[name]}; {finding.id} {finding.message}"
                if name in refused
                else f"{finding.id} {finding.message}"
            )
        return refused


def _notes(one: Candidate) -> Iterator[str]:
    if one.listed.name != one.name:
        yield f'The console calls it "{one.listed.name}".'
    if one.unseen is not None:
        yield "From a pasted list: nobody had looked at the console. Mode and template are what was asked for."
        return
    for field in one.unverified:
        yield f"Cannot verify, so not said here: {short(field.path)}: {field.reason}"
