"""From capture files to a lesson: which files were read, what was learned, and the binding that says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.console import config_files
from provisioner.console.learning.binding_file import text_of
from provisioner.console.learning.exchanges import Exchange, exchanges
from provisioner.console.learning.har import Capture
from provisioner.console.learning.learner import Document, Lesson, learn
from provisioner.console.learning.sheet import Round, rounds
from provisioner.console.tencent.binding import expanded
from provisioner.foundation.clock import Clock, timestamp
from provisioner.foundation.errors import ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable
from provisioner.recording.fields import FIELDS
from provisioner.recording.paths import named
from provisioner.recording.value_types import Value
from provisioner.recording.wire import CONSOLE_WIRE

MOST_CALLS = 100_000
"""Of all captures together; a session of a day has a few thousand."""


@dataclass(frozen=True, slots=True)
class Study:
    """What was read and learned. `calls` holds each file's exchanges."""

    captures: tuple[Capture, ...]
    calls: tuple[Sequence[Exchange], ...]
    lesson: Lesson


def read_captures(paths: Iterable[Path]) -> tuple[list[Capture], list[Sequence[Exchange]]]:
    """Every API call of the files. Raises ProvisionerError."""
    captures: list[Capture] = []
    calls: list[Sequence[Exchange]] = []
    total = 0
    for path in paths:
        capture = Capture(path.name)
        found = []
        for one in exchanges(path, capture):
            total += 1
            if total > MOST_CALLS:
                raise ProvisionerError(
                    "the captures hold more calls than any session", where=str(path), fix="Export a shorter one."
                )
            found.append(one)
        captures.append(capture)
        calls.append(found)
    return captures, calls


def study(
    paths: Sequence[Path], base: Document, sheet: tuple[Round, ...], clock: Clock, without: Collection[str] = ()
) -> Study:
    """Learn from the files, over the binding document `base`. A file that `base` was learned from teaches nothing new.

    Calls of the actions `without` are not looked at.

    Raises ProvisionerError.
    """
    captures, every = read_captures(paths)
    if strange := set(without) - {one.action for found in every for one in found}:
        raise UsageError(
            f"no call of the captures is {printable(min(strange))}", fix="--without takes an action's name."
        )
    calls = [[one for one in found if one.action not in without] for found in every]
    known = {capture["digest"] for capture in base.get("captures", ())}
    fresh = []
    for capture, found in zip(captures, calls, strict=True):
        if capture.digest in known:
            capture.notes.append("this binding was learned from it already")
        elif found:
            known.add(capture.digest)
            fresh.append((capture, found))
    lesson = learn(base, [found for _, found in fresh], sheet)
    if lesson.evidence:
        seen = [
            {"digest": capture.digest, "at": timestamp(clock()), "exchanges": len(found)} for capture, found in fresh
        ]
        lesson.binding["captures"] = [*base.get("captures", ()), *seen]
    return Study(tuple(captures), tuple(calls), lesson)


def base_document(root: Path, into: Path | None) -> Document:
    """What learning starts from: the file that is to be written where it exists, else the binding that ships."""
    if into is not None and into.exists():
        return expanded(config_files.parse("binding", into.read_bytes(), into.name))
    return expanded(config_files.load("binding", "default", root)[1])


def binding_text(binding: Mapping[str, Any], name: str) -> str:
    """The file of a learned binding, which is one that can be loaded. Raises ProvisionerError where it is not."""
    text = text_of({**binding, "name": name})
    config_files.parse("binding", text.encode(), f"{name}.yaml")
    return text


def typed(words: Sequence[str], site: str) -> tuple[Round, ...]:
    """The sheet's rounds of a site, with what was typed instead: `3:storage.cos.region=ap-hongkong`.

    Raises UsageError.
    """
    sheet = {one.number: one for one in rounds(site)}
    for word in words:
        number, _, rest = word.partition(":")
        path, _, raw = rest.partition("=")
        if not number.isdecimal() or int(number) not in sheet or not raw:
            raise UsageError(f"--typed takes ROUND:PATH=VALUE, not {word!r}", fix="For example 3:storage.cos.region=x.")
        where = next((at for at in named(path, list(CONSOLE_WIRE)) if at in CONSOLE_WIRE), None)
        if where is None:
            raise UsageError(f"{path} is no field of the console")
        one = sheet[int(number)]
        sheet[int(number)] = replace(one, values={**one.values, where: _value(where, raw)})
    return tuple(sheet.values())


def _value(path: str, raw: str) -> Value:
    kind = FIELDS[path].kind
    if FIELDS[path].secret:
        return raw
    tries: list[object] = [raw, {"true": True, "false": False}.get(raw, raw), raw.split(",")]
    tries += [int(raw)] if raw.isdecimal() else []
    for one in tries:
        try:
            return kind.parse(one)
        except ValueError as error:
            reason = error
    raise UsageError(f"{path} {reason}")
