"""The tree of spec files as environments, or every reason why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from provisioner.foundation.clock import Clock, system_clock
from provisioner.foundation.errors import ProvisionerError, UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding
from provisioner.recording.value_types import Value
from provisioner.specs import rules
from provisioner.specs.application_cache import ApplicationCache
from provisioner.specs.codeowners.owners import Owners, read_owners
from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.document import Document, read_document
from provisioner.specs.documents.embedded import EMBEDDED
from provisioner.specs.documents.environment import ENVIRONMENT, Environment
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.lock import Digest, read_lock
from provisioner.specs.documents.templates import Templates
from provisioner.specs.files import NO_DRAFTS, Drafts, SpecFiles
from provisioner.specs.keys.journal import JOURNAL, JournalChoice
from provisioner.specs.keys.key import KeySource
from provisioner.specs.layout import ENVIRONMENTS, POLICIES, application_file, embedded_file, environment_file
from provisioner.specs.loading import Loading
from provisioner.specs.neighbours import Neighbours, Words, words_of
from provisioner.specs.policies.policy_set import Policies
from provisioner.specs.rules.judgement import Known, compare, compared, judge_applications, sharing
from provisioner.specs.rules.rule import Specs
from provisioner.specs.yaml.reader import Malformed

if TYPE_CHECKING:
    from provisioner.specs.documents.promotion_record import PromotionRecord
    from provisioner.specs.editing.spec_editor import Draft

_Beside = Callable[[Environment, Known], Iterable[Environment]]


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

        Rules see every environment that can be read, as far as it has something in common with this one, and only what
        they say of this one counts: broken specs elsewhere stop nothing here. Raises SpecErrors with all errors,
        UsageError.
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
        judged = environment.judged(self._judge([environment], self.neighbours))
        if errors := [*errors, *(finding for finding in judged.findings if finding.stops)]:
            raise SpecErrors(errors)
        return judged

    def template_digests(self) -> Mapping[str, Digest]:
        """Digests of the template versions that have been read so far, by pin."""
        return self._templates.digests()

    def policies(self) -> Policies:
        """The policies of the project, with every reason against one of their files. Read once."""
        if self._policies is None and not self.files.holds_folder(POLICIES):
            self._policies = Policies()
        if self._policies is None:
            from provisioner.specs.policies.policy_files import read_policies  # not for who has none

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
        return Loading(self.files, self._templates, name, self.clock().date()).own

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
        records, findings = self._records(environment)
        if findings:
            raise SpecErrors(findings)
        return records

    def validate(self) -> tuple[list[Environment], list[Finding]]:
        """Every environment without an error, and the findings of all files, sorted. All of them are held at once."""
        loaded = [self._load(name) for name in self.environment_names()]
        findings = [
            *self.common_findings(self.environment_names()),
            *(finding for _, errors in loaded for finding in errors),
        ]
        judgements = self._judge([environment for environment, _ in loaded if environment])
        judged = [environment.judged(judgements) for environment, errors in loaded if environment and not errors]
        valid = [environment for environment in judged if not any(finding.stops for finding in environment.findings)]
        return valid, sorted({*findings, *judgements}, key=Finding.sort_key)

    def common_findings(self, environments: Iterable[str]) -> list[Finding]:
        """What is wrong with files that are no application's: shared ones, and those beside the environments' own."""
        listing = self.files.environments()
        findings = [*listing.findings, *self.files.unfinished()]
        findings += self._templates.listing.findings
        findings += self.policies().findings
        for pin in self._templates.listing.names:
            findings += self._templates.chain(pin).findings
        for name in environments:
            findings += self._findings_of_embedded(name)
            findings += self._records(name)[1]
        return findings

    def drafted(self, drafts: Drafts) -> Workspace:
        """The same workspace as it would be with `drafts` written, too."""
        return Workspace(self.root, self.clock, {**self.files.drafts, **drafts})

    def draft(self, environment: str, name: str) -> Draft:
        """The file of an application, to be changed. Raises Malformed where a file that it rests on is broken."""
        from provisioner.specs.editing.spec_editor import Draft

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
        loading = self.loading(name)
        return loading.environment(), loading.findings

    def loading(self, name: str) -> Loading:
        """The reading of one environment, not begun."""
        return Loading(
            self.files, self._templates, name, self.clock().date(), self.policies().policies, cache=self.cache
        )

    def known_rules(self) -> Known:
        """Every rule that holds in this project, by id."""
        return rules.known_rules(self.policies().policies)

    def specs(self, environments: Sequence[Environment]) -> Specs:
        """What rules look at, with the templates that have been read so far."""
        templates = self._templates.digests()
        locked = self._locked(templates)[0] if any(each.production for each in environments) else {}
        owners = self._owners or self._read_owners
        return Specs(tuple(environments), self.clock().date(), templates, locked, owners)

    def lock_findings(self, environments: Sequence[Environment]) -> list[Finding]:
        """What is wrong with the lock, which stops production only: that is held to it."""
        production = [environment.name for environment in environments if environment.production]
        errors = self._locked({})[1] if production else []
        return [replace(finding, environment=name) for name in production for finding in errors]

    def _judge(self, environments: Sequence[Environment], beside: _Beside | None = None) -> list[Finding]:
        """What the rules and the lock say. `beside` finds what else environments are compared with."""
        known, specs = self.known_rules(), self.specs(environments)
        own = judge_applications(specs, known)
        others = beside(environments[0], known) if beside else ()
        across = compare(replace(specs, environments=(*environments, *others)), known)
        return [*self.lock_findings(environments), *sorted([*own, *across], key=Finding.sort_key)]

    def neighbours(self, environment: Environment, known: Known) -> Iterator[Environment]:
        """What can be read of the other environments, as far as rules compare it with this one."""
        all_of_them = compared(known) is None
        held: dict[frozenset[str], Words] = {}
        for other in self.environment_names():
            loading = self.loading(other)
            if other == environment.name or loading.own is None:
                continue
            paths = frozenset(sharing(known, environment, loading.own))
            if paths not in held:
                held[paths] = words_of(environment.applications, paths)
            names = self._neighbourhood.holding(other, paths, held[paths])
            if found := loading.environment() if all_of_them else loading.part(names):
                yield found

    @cached_property
    def _neighbourhood(self) -> Neighbours:
        return Neighbours(self.files)

    @cached_property
    def _read_owners(self) -> Owners | None:
        return read_owners(self.root)

    def _locked(self, templates: Mapping[str, Digest]) -> tuple[Mapping[str, Digest], list[Finding]]:
        """What the lock holds, by pin; an unreadable one is an error by itself, and nothing is compared with it."""
        locked, errors = self._lock
        return templates if locked is None else locked, errors

    @cached_property
    def _lock(self) -> tuple[Mapping[str, Digest] | None, list[Finding]]:
        try:
            return read_lock(self.files), []
        except Malformed as error:
            return None, error.findings

    def _records(self, environment: str) -> tuple[list[PromotionRecord], list[Finding]]:
        listing = self.files.promotions(environment)
        if not (listing.names or listing.findings):
            return [], []
        from provisioner.specs.documents.promotion_record import read_records

        return read_records(self.files, environment)

    def _findings_of_embedded(self, environment: str) -> list[Finding]:
        """The embedded console reads this file when it opens; a mistake in it is worth telling before."""
        file = embedded_file(environment)
        try:
            if self.files.has(file):
                read_document(self.files, file, EMBEDDED)
        except Malformed as error:
            return error.findings
        return []
