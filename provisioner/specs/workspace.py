"""The tree of spec files as environments, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.errors import Location, ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs import rules
from provisioner.specs.application_cache import ApplicationCache, ApplicationSources, KnownApplication
from provisioner.specs.codeowners.owners import Owners, read_owners
from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.application import KEYS as APPLICATION_KEYS
from provisioner.specs.documents.document import Document, DocumentKind, content_id, read_document
from provisioner.specs.documents.embedded import EMBEDDED
from provisioner.specs.documents.environment import ENVIRONMENT, Environment, places
from provisioner.specs.documents.environment import KEYS as ENVIRONMENT_KEYS
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.lock import Digest, read_lock
from provisioner.specs.documents.policy import Policy
from provisioner.specs.documents.promotion_record import PromotionRecord, read_records
from provisioner.specs.documents.templates import Chain, Templates
from provisioner.specs.editing.spec_editor import Draft
from provisioner.specs.files import NO_DRAFTS, Drafts, SpecFiles
from provisioner.specs.keys.journal import JOURNAL, JournalChoice
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.layout import ENVIRONMENTS, application_file, embedded_file, environment_file
from provisioner.specs.policies.policy_files import Policies, read_policies
from provisioner.specs.rules.rule import Specs
from provisioner.specs.yaml.reader import Malformed


class SpecErrors(ProvisionerError):
    """Specs that must not be acted on: every reason of every file, sorted by place."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = sorted(set(findings), key=Finding.sort_key)
        super().__init__("\n".join(told(self.findings)))


def told(findings: Sequence[Finding]) -> list[str]:
    """Each finding as a line, in order; what several applications share at one place is told once."""
    return list(dict.fromkeys(map(str, findings)))


def _project(folder: Path) -> Path | None:
    candidates = (folder.resolve(), *folder.resolve().parents)
    return next((candidate for candidate in candidates if (candidate / ENVIRONMENTS).is_dir()), None)


class Workspace:
    """The folder that holds `environments/` and `templates/`. Templates are read once.

    `clock` says on which day waivers and intents are judged. `drafts` count as if they were written. `cache` spares
    reading what another workspace has read already; `owners` are those of CODEOWNERS where it lies elsewhere.
    """

    def __init__(
        self,
        root: Path,
        clock: Clock = system_clock,
        drafts: Drafts = NO_DRAFTS,
        *,
        cache: ApplicationCache | None = None,
        owners: Owners | None = None,
    ) -> None:
        self.root = root
        self.clock = clock
        self.files = SpecFiles(root, drafts)
        self.cache = cache
        self._owners = owners
        self._templates = Templates(self.files)
        self._bases: dict[str, Document] = {}
        self._policies: Policies | None = None

    @classmethod
    def containing(
        cls, folder: Path, clock: Clock = system_clock, *, cache: ApplicationCache | None = None
    ) -> Workspace:
        """The workspace that `folder` lies in. Raises UsageError."""
        if found := _project(folder):
            return cls(found, clock, cache=cache)
        raise UsageError(
            "no folder environments/ here or above",
            where=str(folder),
            fix="Run this inside a checkout that holds environments/ and templates/, or start one: `provisioner init`.",
        )

    @classmethod
    def begun_in(cls, folder: Path) -> Workspace:
        """The workspace that `folder` lies in, or the one that it is going to be."""
        return cls(_project(folder) or folder.resolve())

    def environment_names(self) -> list[str]:
        """The environments that there are, sorted, readable or not."""
        return list(self.files.environments().names)

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
        errors = [*errors, *self.files.unfinished(), *self.policies().findings]
        if environment is None:
            raise SpecErrors(errors)
        others = (self._load(other)[0] for other in known if other != name)
        judged = environment.judged(self._judge([environment, *(other for other in others if other)]))
        if errors := [*errors, *(finding for finding in judged.findings if finding.stops)]:
            raise SpecErrors(errors)
        return judged

    def template_digests(self) -> Mapping[str, Digest]:
        """Digests of the template versions that have been read so far, by pin."""
        return self._templates.digests()

    def policies(self) -> Policies:
        """The policies of the project, with every reason against one of their files. Read once."""
        if self._policies is None:
            self._policies = read_policies(self.files)
        return self._policies

    def unjudged(self, name: str) -> Environment | None:
        """What can be read of an environment, whatever the rules would say of it: for looking, never for acting."""
        return self._load(name)[0]

    def readable(self, name: str) -> tuple[Environment | None, list[Finding]]:
        """What can be read of an environment before any rule has seen it, and the errors of its files."""
        return self._load(name)

    def without_applications(self, name: str) -> Environment | None:
        """What an environment's own file says; None where it cannot be read."""
        return _Loading(self.files, self._templates, name, self.clock().date()).own()

    def locked_digests(self) -> dict[str, str]:
        """What `templates.lock` holds, by pin; nothing where there is none, or where it cannot be read."""
        return {pin: digest.text for pin, digest in self._locked({})[0].items()}

    def managed(self) -> frozenset[int] | None:
        """Every SDKAppId that a spec of any environment names; None where not every file can be read."""
        listing = self.files.environments()
        loaded = [self._load(name) for name in listing.names]
        if any(errors for _, errors in loaded) or any(finding.stops for finding in listing.findings):
            return None
        return frozenset(app.sdk_app_id for environment, _ in loaded if environment for app in environment.applications)

    def promotions(self, environment: str) -> list[PromotionRecord]:
        """Every promotion into an environment, oldest first. Raises SpecErrors where one is not as it was written."""
        records, findings = read_records(self.files, environment)
        if findings:
            raise SpecErrors(findings)
        return records

    def validate(self) -> tuple[list[Environment], list[Finding]]:
        """Every environment without an error, and the findings of all files, sorted."""
        listing = self.files.environments()
        loaded = [self._load(name) for name in listing.names]
        findings = [*listing.findings, *self.files.unfinished()]
        findings += [finding for _, errors in loaded for finding in errors]
        findings += self._templates.listing.findings
        findings += self.policies().findings
        for pin in self._templates.listing.names:
            findings += self._templates.chain(pin).findings
        for name in listing.names:
            findings += self._findings_of_embedded(name)
            findings += read_records(self.files, name)[1]
        judgements = self._judge([environment for environment, _ in loaded if environment])
        judged = [environment.judged(judgements) for environment, errors in loaded if environment and not errors]
        valid = [environment for environment in judged if not any(finding.stops for finding in environment.findings)]
        return valid, sorted({*findings, *judgements}, key=Finding.sort_key)

    def drafted(self, drafts: Drafts) -> Workspace:
        """The same workspace as it would be with `drafts` written, too."""
        return Workspace(self.root, self.clock, {**self.files.drafts, **drafts})

    def draft(self, environment: str, name: str) -> Draft:
        """The file of an application, to be changed. Raises Malformed where a file that it rests on is broken."""
        file = application_file(environment, name)
        own = read_document(self.files, file, APPLICATION)
        pin = own.node.plain()["recording"].get("template")
        weaker = (*(self._templates.chain(pin).patches if pin else ()), self._base(environment).patch)
        return Draft(file, self.files.read(file).decode(), tuple(patch for patch in weaker if patch))

    def journal(self, environment: str) -> JournalChoice:
        """Where an environment's journal is kept, whatever is wrong with its applications. Raises SpecErrors."""
        try:
            base = self._base(environment)
            return JOURNAL.read(KeySource(base.node, base.file, self.files))
        except Malformed as error:
            raise SpecErrors(error.findings) from None

    def template_values(self) -> dict[str, Mapping[str, Value]]:
        """What each template version (`call@v1`) that can be read means by itself, defaults included."""
        chains = {pin: self._templates.chain(pin) for pin in self._templates.listing.names}
        return {pin: merge(chain.patches).leaves.plain for pin, chain in chains.items() if not chain.findings}

    def _base(self, environment: str) -> Document:
        if environment not in self._bases:
            self._bases[environment] = read_document(self.files, environment_file(environment), ENVIRONMENT)
        return self._bases[environment]

    def _load(self, name: str) -> tuple[Environment | None, list[Finding]]:
        """What can be read of one environment before any rule has seen it, and the errors of its files."""
        loading = _Loading(
            self.files, self._templates, name, self.clock().date(), self.policies().policies, cache=self.cache
        )
        return loading.environment(), loading.findings

    def _judge(self, environments: Sequence[Environment]) -> list[Finding]:
        """What the rules say, and what is wrong with the lock: that stops production only, which is held to it."""
        production = [environment.name for environment in environments if environment.production]
        templates = self._templates.digests()
        locked, errors = self._locked(templates) if production else ({}, [])
        against = [replace(finding, environment=name) for name in production for finding in errors]
        owners = self._owners or read_owners(self.root)
        specs = Specs(tuple(environments), self.clock().date(), templates, locked, owners)
        return [*against, *rules.check(specs)]

    def _locked(self, templates: Mapping[str, Digest]) -> tuple[Mapping[str, Digest], list[Finding]]:
        """What the lock holds, by pin; an unreadable one is an error by itself, and nothing is compared with it."""
        try:
            return read_lock(self.files), []
        except Malformed as error:
            return templates, error.findings

    def _findings_of_embedded(self, environment: str) -> list[Finding]:
        """The embedded console reads this file when it opens; a mistake in it is worth telling before."""
        file = embedded_file(environment)
        try:
            if self.files.has(file):
                read_document(self.files, file, EMBEDDED)
        except Malformed as error:
            return error.findings
        return []


@dataclass
class _Loading:
    """The reading of one environment; gathers every reason against its files."""

    files: SpecFiles
    templates: Templates
    name: str
    today: date
    policies: tuple[Policy, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    cache: ApplicationCache | None = None

    def environment(self) -> Environment | None:
        """The environment with every application that is valid by itself; None where its own file is not."""
        base = self._read(environment_file(self.name), ENVIRONMENT)
        listing = self.files.applications(self.name)
        self.findings += listing.findings
        applications = [self._application(name, base) for name in listing.names]
        if base is None:
            return None
        return self._environment(base, tuple(app for app in applications if app is not None))

    def own(self) -> Environment | None:
        """The environment without its applications."""
        base = self._read(environment_file(self.name), ENVIRONMENT)
        return None if base is None else self._environment(base, ())

    def _environment(self, base: Document, applications: tuple[Application, ...]) -> Environment:
        return Environment(
            name=self.name,
            where=Location(base.file),
            applications=applications,
            today=self.today,
            places=dict(places(base.node, base.file)),
            policies=self.policies,
            **self._values(ENVIRONMENT_KEYS, base),
        )

    def _values(self, keys: Mapping[str, Key[Any]], document: Document) -> dict[str, Any]:
        """What a document's keys hold by attribute, but for those that name a broken file."""
        source = KeySource(document.node, document.file, self.files)
        values = {}
        for attribute, key in keys.items():
            try:
                values[attribute] = key.read(source)
            except Malformed as error:
                self.findings += error.findings
        return values

    def _application(self, name: str, base: Document | None) -> Application | None:
        """The application, by the cache if its bytes and those of all weaker layers have been read already."""
        if self.cache is None or base is None:
            return self._read_application(name, base)
        try:
            own = content_id(self.files.read(application_file(self.name, name)))
        except Malformed as error:
            self.findings += error.findings
            return None
        sources = ApplicationSources(self.name, name, own, base.content)
        known = self.cache.get(sources)
        if known and self._contents(known.pin) == known.templates:
            return known.application
        before = len(self.findings)
        app = self._read_application(name, base)
        if app and len(self.findings) == before:
            pin = app.templates[-1] if app.templates else ""
            self.cache[sources] = KnownApplication(pin, self._contents(pin), app)
        return app

    def _contents(self, pin: str) -> tuple[bytes, ...]:
        """What identifies a pinned template's bytes, with those that it extends; nothing where it cannot be read."""
        return self.templates.chain(pin).content if pin in self.templates else ()

    def _read_application(self, name: str, base: Document | None) -> Application | None:
        own = self._read(application_file(self.name, name), APPLICATION)
        if own is None:
            return None
        pin = own.node.plain()["recording"].get("template")
        chain = self._pinned(pin, own) if pin else Chain((), ())
        if chain is None or base is None:
            return None
        leaves, inert = merge([patch for patch in (*chain.patches, base.patch, own.patch) if patch])
        where, values = Location(own.file), self._values(APPLICATION_KEYS, own)
        return Application(self.name, where, leaves, templates=chain.pins, inert=inert, **values)

    def _pinned(self, pin: str, own: Document) -> Chain | None:
        if pin not in self.templates:
            where = own.node.below("recording", "template").at(own.file)
            self.findings.append(self.templates.missing(pin, "recording.template", where))
            return None
        chain = self.templates.chain(pin)
        self.findings += chain.findings
        return None if chain.findings else chain

    def _read(self, file: str, kind: DocumentKind) -> Document | None:
        try:
            return read_document(self.files, file, kind)
        except Malformed as error:
            self.findings += error.findings
            return None
