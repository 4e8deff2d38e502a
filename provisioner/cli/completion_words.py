"""What the shell may offer for the word that somebody types: fast, because it is asked at every press of Tab.

No spec is read and no command imported: names are those of files, and `commands.json` says what each command takes, as
`make docs` wrote it from the commands themselves.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from provisioner.specs.layout import ENVIRONMENTS, NAME, TEMPLATES, applications_folder

FILES = ":files"
"""The answer where the shell itself knows best."""

COMMANDS = Path(__file__).with_name("commands.json")


def print_candidates(words: Sequence[str]) -> None:
    """The candidates for the last of `words`, a line each; nothing, whatever is wrong: a shell shows no error here."""
    try:
        found = candidates(words, Path.cwd(), json.loads(COMMANDS.read_text("utf-8")))
    except (OSError, ValueError):
        return
    sys.stdout.write("".join(f"{word}\n" for word in found))


def candidates(words: Sequence[str], folder: Path, grammar: Mapping[str, Any]) -> list[str]:
    """What may stand in place of the last of `words`, which may be incomplete; the program's name is none of them."""
    *before, current = words or [""]
    while len(before) > 1 and before[0] == "-C":
        folder, before = folder / before[1], before[2:]
    if before == ["-C"]:
        return [FILES]
    name, rest = _command(before, grammar["commands"])
    if name is None:
        group = " ".join(before)
        known = grammar["options"] if not before and current.startswith("-") else grammar["groups"].get(group, ())
        return _fitting(known, current)
    takes = grammar["commands"][name]
    last = rest[-1] if rest else ""
    if last in takes["options"] and takes["options"][last] is not None:
        return _fitting(_values(takes["options"][last], current, folder, grammar), current)
    if current.startswith("-"):
        return _fitting(takes["options"], current)
    position = sum(not word.startswith("-") for word in _positional(rest, takes["options"]))
    kinds = takes["arguments"]
    if not kinds or (position >= len(kinds) and not kinds[-1].endswith("...")):
        return []
    return _fitting(_values(kinds[min(position, len(kinds) - 1)], current, folder, grammar), current)


def _command(words: Sequence[str], commands: Mapping[str, Any]) -> tuple[str | None, Sequence[str]]:
    """The command that `words` begin with, and what follows it."""
    for length in (2, 1):
        if (name := " ".join(words[:length])) in commands and len(words) >= length:
            return name, words[length:]
    return None, words


def _positional(words: Sequence[str], options: Mapping[str, Any]) -> Iterator[str]:
    """The words that are no option's value."""
    previous = ""
    for word in words:
        if options.get(previous) is None or previous not in options:
            yield word
        previous = word


def _values(kind: str | list[str], current: str, folder: Path, grammar: Mapping[str, Any]) -> Iterable[str]:
    """Words of a kind: a list of choices, or what an argument is called in `--help`."""
    if isinstance(kind, list):
        return kind
    word = kind.removesuffix("...")
    if word == "PATH":
        return list(grammar["paths"])
    if word in ("COMMAND", "TOPIC"):
        return list(grammar[word.lower()])
    if (root := _root(folder)) is None:
        return [FILES] if word in _FILES else []
    if word in ("ENV/APP", "ENV[/APP]"):
        environment, slash, _ = current.partition("/")
        if not slash:
            return [f"{name}/" if word == "ENV/APP" else name for name in _folders(root / ENVIRONMENTS)]
        return [f"{environment}/{name}" for name in _files(root / applications_folder(environment))]
    if word in ("ENV", "DEV", "PROD"):
        return _folders(root / ENVIRONMENTS)
    if word in ("NAME@vN", "NAME[@vN]"):
        templates = root / TEMPLATES
        return [f"{name}@{version}" for name in _folders(templates) for version in _files(templates / name)]
    return [FILES] if word in _FILES else []


_FILES = ("FILE", "FOLDER", "PLAN", "KEY", "OUT", "CAPTURE")


def _root(folder: Path) -> Path | None:
    above = (folder, *folder.parents)
    return next((candidate for candidate in above if (candidate / ENVIRONMENTS).is_dir()), None)


def _folders(folder: Path) -> list[str]:
    return sorted(entry.name for entry in _entries(folder) if entry.is_dir() and NAME.fullmatch(entry.name))


def _files(folder: Path) -> list[str]:
    stems = (entry.name.removesuffix(".yaml") for entry in _entries(folder) if entry.name.endswith(".yaml"))
    return sorted(stem for stem in stems if NAME.fullmatch(stem))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []


def _fitting(words: Iterable[str], current: str) -> list[str]:
    return [word for word in words if word.startswith(current) or word == FILES]
