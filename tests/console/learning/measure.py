"""How much of a binding was learned, and how much of what was learned is right: entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from provisioner.console.grade import Grade
from provisioner.console.tencent.binding import Binding, load
from provisioner.recording.fields import SETTINGS

Entries = dict[str, Any]


def entries(binding: Binding, *, observed: bool) -> Entries:
    """Every entry by its name, with whole places; `observed`: only what the binding says it observed."""
    return {name: value for name, value, grade in _all(binding) if not observed or grade is Grade.OBSERVED}


def _all(binding: Binding) -> Iterator[tuple[str, Any, Grade]]:
    reading, listing, template = binding.reading, binding.listing, binding.template
    for name in ("service", "version", "sdk_app_id", "id_as_text"):
        yield name, getattr(binding, name), reading.grade
    for name in ("action", "items", "id", "name"):
        yield f"list.{name}", getattr(listing, name), listing.grade
    for name in ("begin", "first", "limit", "total"):
        yield f"list.page.{name}", getattr(listing.page, name), listing.grade
    yield "read.action", reading.action, reading.grade
    yield "read.name", reading.name, reading.grade
    yield "read.generation", reading.generation, Grade.ASSUMED
    yield "template", (template.action, template.id, template.request) if template else None, reading.grade
    for write in binding.writes:
        yield f"write {'+'.join(write.carries)}", (write.action, write.template_id), write.grade
    for path, place in binding.places.items():
        setting = path.startswith(SETTINGS)
        base = template.fields if template and setting else reading.fields
        (write,) = [write for write in binding.writes if write.concerns(path)]
        yield f"{path} answer", _join(base, place.at) if place.shown else None, place.grade
        yield f"{path} request", (write.action, _join(write.at, place.sent or place.at)), place.grade
        yield f"{path} coding", place.codec, place.grade
        if place.absent_is_unset:
            yield f"{path} absent", True, place.grade
        if place.vendor:
            yield f"{path} vendor", place.vendor, place.grade
        for at, word in (place.implied or {}).items():
            yield f"{path} implied {word}", _join(base, at), place.grade


def _join(base: str, at: str) -> str:
    return f"{base}/{at}" if base else at


def measured(root: Path, given: str, learned: str) -> tuple[float, float, list[str], list[str]]:
    """Recall, precision, the entries that were missed, and those that are wrong; of two binding files."""
    wanted = entries(load(given, root), observed=False)
    claimed = entries(load(learned, root), observed=True)
    wrong = sorted(name for name, value in claimed.items() if wanted.get(name, "nothing") != value)
    right = len(claimed) - len(wrong)
    missed = sorted(name for name in wanted if name not in claimed or name in wrong)
    return right / len(wanted), right / len(claimed) if claimed else 0.0, missed, wrong
