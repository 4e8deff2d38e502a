"""What the choices of docs/decisions about reading cost and save: the strict reader, positions, provenance.

`python -m bench.reading --documents 1000` in one process, no console; processor seconds, and MiB that Python allocated.
"""

from __future__ import annotations

import argparse
import io
import time
import tracemalloc
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import yaml

from bench import trees
from provisioner.recording.application import Layer
from provisioner.specs.documents.layers import merge
from provisioner.specs.documents.patch import Patch, read_patch
from provisioner.specs.yaml.reader import Node, read

Documents = Sequence[bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000, help=f"documents of {trees.LINES} lines")
    options = parser.parse_args()
    documents = [trees.application(number).encode() for number in range(options.documents)]
    print(f"{options.documents} documents of {trees.LINES} lines | CPU | held")
    for name, reader in _readers().items():
        _measure(name, partial(_all, reader, documents))
    nodes = [read(document, "app.yaml") for document in documents]
    _measure("patches: places in an array", lambda: [_patch(node) for node in nodes])
    _measure("patches: a Location a leaf", lambda: [_located(_patch(node)) for node in nodes])
    patches = [_patch(node) for node in nodes]
    _measure("merged: provenance when asked", lambda: [merge([patch]) for patch in patches])
    _measure("merged: provenance at once", lambda: [dict(merge([patch]).leaves) for patch in patches])


def _readers() -> dict[str, Callable[[bytes], Any]]:
    """Readers of YAML 1.1 or 1.2 as other tools use them, and ours."""
    from ruamel.yaml import YAML

    round_trip = YAML(typ="rt")
    return {
        "read: ours, on PyYAML's C parser": lambda data: read(data, "app.yaml"),
        "read: yaml.CSafeLoader": lambda data: yaml.load(data, Loader=yaml.CSafeLoader),
        "read: yaml.SafeLoader": lambda data: yaml.load(data, Loader=yaml.SafeLoader),
        "read: ruamel.yaml, round trip": lambda data: round_trip.load(io.BytesIO(data)),
    }


def _all(reader: Callable[[bytes], Any], documents: Documents) -> list[Any]:
    return [reader(document) for document in documents]


def _patch(node: Node) -> Patch:
    patch, findings = read_patch(node, Layer.APPLICATION, "app.yaml")
    assert not findings
    return patch


def _located(patch: Patch) -> tuple[Patch, dict[str, Any]]:
    return patch, {path: patch.where(path) for path in patch.says}


def _measure(name: str, work: Callable[[], object]) -> None:
    """Time it without and weigh it with tracemalloc, which slows everything down."""
    began = time.process_time()
    work()
    seconds = time.process_time() - began
    tracemalloc.start()
    held = work()
    mebibytes = tracemalloc.get_traced_memory()[0] / (1 << 20)
    tracemalloc.stop()
    assert held
    print(f"{name:>35} | {seconds:>6.2f} s | {mebibytes:>6.1f} MiB")


if __name__ == "__main__":
    main()
