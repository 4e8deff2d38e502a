"""A price file, which an environment's `prices` names: rates for recorded minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from provisioner.foundation.errors import Location
from provisioner.foundation.named_files import declares
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.minutes import STREAMS, WORDS, MinuteKind
from provisioner.recording.prices import Prices
from provisioner.recording.sites import Site
from provisioner.specs.documents.document import DocumentKind, read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.schema.shapes import DAY, Schema, document, header, mapping, text
from provisioner.specs.yaml.checks import no_such_day, unfit
from provisioner.specs.yaml.reader import Malformed, Node

_RATE = {"type": "number", "minimum": 0, "maximum": 1_000_000, "description": "Money per 1,000 minutes."}


def schema() -> Schema:
    """Rates that a kind of minute lacks are unknown: nothing is taken to be free unless the file says 0."""
    streams = mapping(dict.fromkeys(WORDS.values(), _RATE), minProperties=1)
    properties = {
        **header("Prices"),
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code, such as USD."},
        "basis": {
            "enum": ["stream", "task"],
            "description": "What a minute counts: each recorded stream (Chinese site), or the task (international).",
        },
        "source": text("Whose price list this is.", 500),
        "date": {**DAY, "description": "Day on which the list was read, YYYY-MM-DD."},
        "per1000Minutes": mapping(
            {name: {**streams, "description": f"Rates of {name} streams."} for name in STREAMS},
            minProperties=1,
            description="Rates by what is recorded and the size of the picture.",
        ),
    }
    about = "A price list for recorded minutes. Money is shown by such a file only."
    return document("Prices", about, mapping(properties, *properties))


PRICE_LIST = DocumentKind("prices", schema)


def read_prices(files: SpecFiles, file: str, named_at: Location, site: Site) -> Prices:
    """The price list in `file`, which `named_at` names, for minutes as `site` counts them. Raises Malformed."""
    if not files.has(file):
        message = f"prices: there is no file {file}"
        raise Malformed([Finding("REC011", Severity.ERROR, message, named_at, path="/prices")])
    if not declares(files.read(file), "Prices"):
        message = f"prices: {file} does not say kind: Prices; nothing else of it is looked at"
        raise Malformed([Finding("REC011", Severity.ERROR, message, named_at, path="/prices")])
    node = read_document(files, file, PRICE_LIST).node
    basis, day = node.below("basis"), node.below("date")
    if findings := [*_check_basis(basis, file, site), *no_such_day("date", day, file, "/date")]:
        raise Malformed(findings)
    plain = node.plain()
    rates = plain["per1000Minutes"]
    return Prices(
        currency=plain["currency"],
        basis=plain["basis"],
        rates={
            MinuteKind(streams, tier): Decimal(str(rates[streams][word]))
            for streams in STREAMS
            for tier, word in WORDS.items()
            if word in rates.get(streams, ())
        },
        source=plain["source"],
        dated=date.fromisoformat(plain["date"]),
        where=Location(file),
    )


_COUNTS = {"stream": "each recorded stream", "task": "the recording task once"}


def _check_basis(basis: Node, file: str, site: Site) -> Iterator[Finding]:
    if basis.plain() != site.billing:
        counts = f"a minute on the site {site.name} counts {_COUNTS[site.billing]} (billing pages)"
        message = f"basis is {basis.plain()}, but {counts}; take the list of that site"
        yield unfit(message, basis, file, "/basis")
