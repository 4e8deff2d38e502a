"""`templates/NAME/vN.yaml`: template versions and what they extend."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from provisioner.foundation.errors import Location, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.recording.application import Layer
from provisioner.recording.field import Moves
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.documents.digest import digest
from provisioner.specs.documents.document import Document, DocumentKind, read_document
from provisioner.specs.documents.lock import Digest
from provisioner.specs.documents.patch import Patch
from provisioner.specs.files import NameListing, SpecFiles
from provisioner.specs.layout import TEMPLATE_FILE, template_file
from provisioner.specs.schema.field_schemas import settings, spec
from provisioner.specs.schema.shapes import PIN, PROSE, Schema
from provisioner.specs.yaml.reader import Malformed


def schema() -> Schema:
    """What a template version may hold: only what moves on promotion."""
    extends = "The template version that this one starts from, such as call@v1; what stands here is stronger."
    body = {
        "description": {**PROSE, "description": "What the template is for."},
        "extends": {**PIN, "description": extends},
        "settings": settings("Settings that move on promotion.", Moves.ON_PROMOTION),
    }
    about = "A named, versioned set of recording settings. templates/NAME/vN.yaml."
    return spec("Template", about, body, "description", "settings", rest=Moves.ON_PROMOTION)


TEMPLATE = DocumentKind("template", schema, place=TEMPLATE_FILE, migrates=True, layer=Layer.TEMPLATE)


@dataclass(frozen=True, slots=True)
class Chain:
    """A template version with all that it extends, weakest first; empty where `findings` say what is wrong with it.

    `pins` are the versions (`call@v1`) that `patches` belong to, `content` identifies their bytes.
    """

    pins: tuple[str, ...]
    patches: tuple[Patch, ...]
    findings: tuple[Finding, ...] = ()
    content: tuple[bytes, ...] = ()


class Templates:
    """The template versions below `templates/`, each read once."""

    def __init__(self, files: SpecFiles) -> None:
        self._files = files
        self._documents: dict[str, Document | tuple[Finding, ...]] = {}
        self._chains: dict[str, Chain] = {}

    @cached_property
    def listing(self) -> NameListing:
        """The pins that there are."""
        return self._files.templates()

    @cached_property
    def _pins(self) -> frozenset[str]:
        return frozenset(self.listing.names)

    def __contains__(self, pin: str) -> bool:
        return pin in self._pins

    def chain(self, pin: str) -> Chain:
        """The version that `pin` names, which must be there."""
        if pin not in self._chains:
            self._chains[pin] = self._follow(pin)
        return self._chains[pin]

    def missing(self, pin: str, key: str, where: Location) -> Finding:
        """The finding against a pin that stands at `where` as the value of `key` and that names no version."""
        name = pin.partition("@")[0]
        versions = [known.partition("@")[2] for known in self.listing.names if known.startswith(f"{name}@")]
        hint = f"; {name} has {', '.join(versions)}" if versions else did_you_mean(pin, self.listing.names)
        message = printable(f"{key} {pin}: there is no {template_file(pin)}{hint}")
        return Finding("REC020", Severity.ERROR, message, where)

    def digests(self) -> dict[str, Digest]:
        """Digests of the versions that have been read, by pin."""
        return {
            pin: Digest(digest(document.node.plain()), Location(document.file))
            for pin, document in self._documents.items()
            if isinstance(document, Document)
        }

    def _follow(self, pin: str) -> Chain:
        pins, documents = [pin], []
        while True:
            document = self._document(pins[-1])
            if not isinstance(document, Document):
                return Chain((), (), document)
            documents.append(document)
            parent = document.node.plain().get("extends")
            if parent is None:
                patches = (document.patch for document in reversed(documents))
                content = tuple(document.content for document in documents)
                return Chain(tuple(reversed(pins)), tuple(patch for patch in patches if patch), content=content)
            if parent not in self:
                where = document.node.below("extends").at(document.file)
                return Chain((), (), (self.missing(parent, "extends", where),))
            if parent in pins:
                return Chain((), (), (self._cycle(pins[pins.index(parent) :]),))
            pins.append(parent)

    def _document(self, pin: str) -> Document | tuple[Finding, ...]:
        if pin not in self._documents:
            try:
                self._documents[pin] = read_document(self._files, template_file(pin), TEMPLATE)
            except Malformed as error:
                self._documents[pin] = tuple(error.findings)
        return self._documents[pin]

    def _cycle(self, pins: list[str]) -> Finding:
        """The same finding wherever the circle is entered: told at its first pin."""
        start = pins.index(min(pins))
        circle = [*pins[start:], *pins[: start + 1]]
        first = self._document(circle[0])
        where = first.node.below("extends").at(first.file) if isinstance(first, Document) else None
        message = f"extends itself: {' → '.join(circle)}; one of them has to stand on its own"
        return Finding("REC023", Severity.ERROR, message, where)
