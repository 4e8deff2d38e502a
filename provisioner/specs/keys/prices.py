"""`prices`: the price list by which an environment's recorded minutes are shown as money."""

from __future__ import annotations

from provisioner.recording.prices import Prices
from provisioner.recording.sites import SITES
from provisioner.specs.documents.price_list import read_prices
from provisioner.specs.keys.key import Key, KeySource
from provisioner.specs.schema.shapes import FILE_OF_PROJECT, Schema


def _schema() -> Schema:
    about = "Price file of the project, such as prices/intl.yaml; without one no money is shown."
    return {**FILE_OF_PROJECT, "description": about}


def _read(source: KeySource) -> Prices | None:
    if (file := source.get("prices")) is None:
        return None
    named_at = source.node.below("prices").at(source.file)
    return read_prices(source.files, file, named_at, SITES[source.get("site")])


PRICES: Key[Prices | None] = Key("prices", _schema, _read)
"""None where no file is named."""
