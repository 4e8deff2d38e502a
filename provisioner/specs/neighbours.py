"""Applications of other environments that hold what one environment's hold, too: found without reading the others.

A rule may speak of an application because another environment has its SDKAppId, or its storage. Which files could
hold such a value is told by their bytes; only these are read as specs. Files that are written in an unusual way count
as if they held it, so nothing is missed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from provisioner.recording.application import Application
from provisioner.specs.files import SpecFiles
from provisioner.specs.layout import application_file, environment_file
from provisioner.specs.yaml.reader import Malformed

Words = frozenset[bytes]
"""`KEY VALUE` of each of the wanted keys, as they stand in a file."""


def words_of(applications: Iterable[Application], paths: Collection[str]) -> Words:
    """What the applications hold at `paths`, as it would stand in a file."""
    keys = {path: _key(path) for path in paths}
    held = ((key, app.value(path)) for app in applications for path, key in keys.items())
    return frozenset(b"%s %s" % (key, str(value).encode()) for key, value in held if value is not None)


def _key(path: str) -> bytes:
    return path.rpartition("/")[2].encode()


class Neighbours:
    """What stands at some paths in the files of each environment; each file is looked through once for them."""

    def __init__(self, files: SpecFiles) -> None:
        self._files = files
        self._seen: dict[tuple[str, frozenset[str]], Mapping[str, Words | None]] = {}

    def holding(self, environment: str, paths: frozenset[str], words: Words) -> list[str]:
        """Names of the environment's applications that may hold one of `words` at one of `paths`."""
        if not words:
            return []
        seen = self._of(environment, paths)
        own = seen[""]
        if own is None or own & words:  # what the environment sets, each of its applications may hold
            return [name for name in seen if name]
        return [name for name, found in seen.items() if name and (found is None or found & words)]

    def _of(self, environment: str, paths: frozenset[str]) -> Mapping[str, Words | None]:
        """By name, in order; the environment's own file is ''."""
        if (environment, paths) not in self._seen:
            patterns = [_pattern(key) for key in sorted(set(map(_key, paths)))]
            names = self._files.applications(environment).names
            found = {"": self._words(environment_file(environment), patterns)}
            found.update({name: self._words(application_file(environment, name), patterns) for name in names})
            self._seen[environment, paths] = found
        return self._seen[environment, paths]

    def _words(self, file: str, patterns: Sequence[tuple[bytes, re.Pattern[bytes]]]) -> Words | None:
        """None where the file says it in a way that only the reader understands."""
        try:
            data = self._files.read(file)
        except Malformed:
            return _NONE  # broken: an error of its own environment, and nobody's neighbour
        if b"\\" in data:
            return None
        found: list[bytes] = []
        for key, pattern in patterns:
            if times := data.count(key):
                values = pattern.findall(data)
                if len(values) < times:
                    return None
                found += [b"%s %s" % (key, value) for value in values]
        return frozenset(found)


_NONE: Words = frozenset()


def _pattern(key: bytes) -> tuple[bytes, re.Pattern[bytes]]:
    return key, re.compile(key + rb"""["']?[ \t]*:[ \t]+["']?([A-Za-z0-9._-]+)""")
