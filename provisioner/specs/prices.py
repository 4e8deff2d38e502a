"""A price file as values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NoReturn

from provisioner.foundation.errors import Location
from provisioner.recording.findings import Finding, Severity
from provisioner.recording.minutes import STREAMS, TIERS, Kind
from provisioner.recording.prices import Prices
from provisioner.recording.sites import Site
from provisioner.specs.documents import read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.reader import Malformed, Node


def read_prices(files: SpecFiles, file: str, named_at: Location, site: Site) -> Prices:
    """The price list in `file`, which `named_at` names, for minutes as `site` counts them. Raises Malformed."""
    if not files.has(file):
        _refuse(f"prices: there is no file {file}", named_at, "/prices")
    node = read_document(files, file, "prices").node
    plain = node.plain()
    if plain["basis"] != site.billing:
        counted = {"stream": "each recorded stream", "task": "the recording task once"}[site.billing]
        message = f"basis is {plain['basis']}, but a minute on the site {site.name} counts {counted} (billing pages)"
        _refuse(f"{message}; take the list of that site", node.below("basis").at(file), "/basis")
    rates = plain["per1000Minutes"]
    return Prices(
        currency=plain["currency"],
        basis=plain["basis"],
        rates={
            Kind(streams, tier): Decimal(str(rates[streams][tier]))
            for streams in STREAMS
            for tier in TIERS
            if tier in rates.get(streams, ())
        },
        source=plain["source"],
        dated=_day(node.below("date"), file),
        where=Location(file),
    )


def _day(node: Node, file: str) -> date:
    try:
        return date.fromisoformat(node.plain())
    except ValueError:
        _refuse(f"date takes a day as YYYY-MM-DD, and there is no {node.plain()}", node.at(file), "/date")


def _refuse(message: str, where: Location, path: str) -> NoReturn:
    raise Malformed([Finding("REC011", Severity.ERROR, message, where, path=path)])
