"""A price file as values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.minutes import STREAMS, WORDS, Kind
from provisioner.recording.prices import Prices
from provisioner.recording.sites import Site
from provisioner.specs.documents.document import read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.yaml.reader import Malformed, Node


def read_prices(files: SpecFiles, file: str, named_at: Location, site: Site) -> Prices:
    """The price list in `file`, which `named_at` names, for minutes as `site` counts them. Raises Malformed."""
    if not files.has(file):
        raise Malformed([_finding(f"prices: there is no file {file}", named_at, "/prices")])
    node = read_document(files, file, "prices").node
    if findings := [*_check_basis(node.below("basis"), file, site), *_check_date(node.below("date"), file)]:
        raise Malformed(findings)
    plain = node.plain()
    rates = plain["per1000Minutes"]
    return Prices(
        currency=plain["currency"],
        basis=plain["basis"],
        rates={
            Kind(streams, tier): Decimal(str(rates[streams][word]))
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
        yield _finding(message, basis.at(file), "/basis")


def _check_date(day: Node, file: str) -> Iterator[Finding]:
    try:
        date.fromisoformat(day.plain())
    except ValueError:
        message = f"date takes a day as YYYY-MM-DD, and there is no {day.plain()}"
        yield _finding(message, day.at(file), "/date")


def _finding(message: str, where: Location, path: str) -> Finding:
    return Finding("REC011", Severity.ERROR, message, where, path=path)
