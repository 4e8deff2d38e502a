"""The JSON Schemas of all kinds of documents; `schema/*.json` are their committed copies, which `make docs` writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from provisioner.foundation.files import write_atomically
from provisioner.specs.documents.kinds import KINDS
from provisioner.specs.schema.shapes import Schema


def build() -> dict[str, Schema]:
    """Every schema by its file's stem."""
    return {name: kind.schema() for name, kind in KINDS.items()}


def write(folder: Path, schemas: Mapping[str, Schema]) -> Iterator[Path]:
    """Write each schema into `folder` and answer its file."""
    for name, schema in schemas.items():
        file = folder / f"{name}.json"
        write_atomically(file, schema_bytes(schema))
        yield file


def schema_bytes(schema: Schema) -> bytes:
    """A schema as its file has it."""
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


if __name__ == "__main__":
    list(write(Path(sys.argv[1]), build()))
