"""A learned binding as a file: the same layout as the one that ships, entry by entry on a line of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.specs.yaml.canonical import flow

_HEAD = """\
# Written by `provisioner console learn` from captures of this account's own console. Entries graded `observed` were
# seen there, as often as `seen` says; the others are as they were. Comments are not kept when more is learned.
"""


def text_of(binding: Mapping[str, Any]) -> str:
    """The file's text."""
    return _HEAD + "".join(_lines(binding))


def _lines(binding: Mapping[str, Any]) -> Iterator[str]:
    for key in ("apiVersion", "kind", "name", "service", "version", "sdkAppId", "sdkAppIdAs"):
        if key in binding:
            yield f"{key}: {flow(binding[key])}\n"
    if binding.get("captures"):
        yield "captures:\n"
        yield from (f"  - {flow(capture)}\n" for capture in binding["captures"])
    for key in ("list", "read", "template"):
        if key in binding:
            yield f"{key}: {flow(binding[key])}\n"
    for key in ("writes", "fields"):
        yield f"{key}:\n"
        yield from (f"  {name}: {flow(entry)}\n" for name, entry in binding[key].items())
