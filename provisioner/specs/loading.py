"""Reading one environment: its file, and its applications with all that they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from provisioner.foundation.errors import Location
from provisioner.recording.application import Application
from provisioner.recording.findings import Finding
from provisioner.specs.application_cache import ApplicationCache, ApplicationSources, KnownApplication
from provisioner.specs.documents.application import APPLICATION
from provisioner.specs.documents.application import KEYS as APPLICATION_KEYS
from provisioner.specs.documents.document import Document, DocumentKind, content_id, read_document
from provisioner.specs.documents.environment import ENVIRONMENT, Environment, places
from provisioner.specs.documents.environment import KEYS as ENVIRONMENT_KEYS
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.templates import Chain, Templates
from provisioner.specs.files import SpecFiles
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.layout import application_file, environment_file
from provisioner.specs.yaml.reader import Malformed

if TYPE_CHECKING:
    from provisioner.specs.documents.policy import Policy


@dataclass
class Loading:
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
        return self.part(self.names())

    def names(self) -> tuple[str, ...]:
        """What its applications are called, readable or not."""
        listing = self.files.applications(self.name)
        self.findings += listing.findings
        return listing.names

    def part(self, names: Iterable[str]) -> Environment | None:
        """The environment with those of the named applications that are valid by themselves."""
        base = self._base
        applications = [self._application(name, base) for name in names]
        own = self.own
        return own and replace(own, applications=tuple(app for app in applications if app is not None))

    @cached_property
    def own(self) -> Environment | None:
        """The environment without its applications; None where its file is broken."""
        return None if self._base is None else self._environment(self._base)

    @cached_property
    def _base(self) -> Document | None:
        return self._read(environment_file(self.name), ENVIRONMENT)

    def _environment(self, base: Document) -> Environment:
        return Environment(
            name=self.name,
            where=Location(base.file),
            applications=(),
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
