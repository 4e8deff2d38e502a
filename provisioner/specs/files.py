"""Which spec files there are, and their bytes: nothing is overlooked, and nothing outside the project is read.

Where each kind belongs says `layout.py`. A file that looks like a spec and is called or stands otherwise is an error:
an application whose file nobody reads is a call that nobody records. Hidden files, backups (`x.yaml.bak`, `x.yaml~`)
and files of other kinds are passed over.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from provisioner.foundation.errors import Location, closest
from provisioner.foundation.text_safety import printable
from provisioner.recording.findings import Finding, Severity
from provisioner.specs.layout import (
    ENVIRONMENTS,
    NAME,
    POLICIES,
    POLICY_FILE,
    POLICY_LOCK,
    POLICY_SOURCES,
    READY_POLICIES,
    RECORD,
    TEMPLATE_FILE,
    TEMPLATES,
    VENDORED,
    VERSION,
    WRITE_LOG,
    applications_folder,
    environment_folder,
    promotions_folder,
)
from provisioner.specs.yaml.reader import MAX_BYTES, refuse

_LOOKS_LIKE_A_SPEC = (".yaml", ".yml")
_OF_AN_ENVIRONMENT = ("environment.yaml", "embedded.yaml")
_WORDS = "lower-case letters, digits and inner hyphens"


@dataclass(frozen=True, slots=True)
class NameListing:
    """Sorted names of what is read, and a finding for each thing beside it that somebody may believe is read."""

    names: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


Drafts = Mapping[str, bytes]
"""What spec files would hold, by path: files that are there already, or new ones."""

NO_DRAFTS: Drafts = MappingProxyType({})


class SpecFiles:
    """The spec files below the folder `root`; paths are relative to it, with slashes. `drafts` count as if written."""

    def __init__(self, root: Path, drafts: Drafts = NO_DRAFTS) -> None:
        self.root = root
        self.drafts = drafts
        self._inside: dict[str, bool] = {}

    def environments(self) -> NameListing:
        """Names of environments."""
        files, folders, findings = self._look_into(ENVIRONMENTS)
        names, misnamed = _split(folders, NAME)
        astray = [name for name in files if not name.startswith("Pulumi.")]
        home = f"an environment has a folder of its own, called by {_WORDS}"
        return NameListing(names, (*findings, *_astray(ENVIRONMENTS, [*astray, *misnamed], home)))

    def applications(self, environment: str) -> NameListing:
        """Names of an environment's applications."""
        folder = environment_folder(environment)
        files, folders, findings = self._look_into(folder)
        astray = [name for name in files if name not in _OF_AN_ENVIRONMENT]
        astray += [name for name in folders if name != "apps" and closest(name.lower(), ["apps"])]
        home = "an application's file stands in apps/, and is called NAME.yaml"
        beside = _astray(folder, astray, home, _OF_AN_ENVIRONMENT)
        apps = self._specs(
            applications_folder(environment), NAME, f"apps/ holds NAME.yaml, NAME of {_WORDS}, and no folders"
        )
        return NameListing(apps.names, (*findings, *beside, *apps.findings))

    def promotions(self, environment: str) -> NameListing:
        """Names of an environment's promotion records, oldest first."""
        home = "promotions/ holds records as `provisioner promote` writes and names them"
        return self._specs(promotions_folder(environment), RECORD, home)

    def templates(self) -> NameListing:
        """Template versions as their pins: `call@v1`."""
        files, folders, findings = self._look_into(TEMPLATES)
        ready = READY_POLICIES.rpartition("/")[2]
        names, misnamed = _split([name for name in folders if name != ready], NAME)
        home = f"a template's file is {TEMPLATE_FILE.told}, as in {TEMPLATES}/call/v1.yaml"
        versions = {name: self._specs(f"{TEMPLATES}/{name}", VERSION, home) for name in names}
        below = (finding for listing in versions.values() for finding in listing.findings)
        return NameListing(
            tuple(f"{name}@{version}" for name, listing in versions.items() for version in listing.names),
            (*findings, *_astray(TEMPLATES, [*files, *misnamed], home), *below),
        )

    def policies(self) -> NameListing:
        """Names of the project's own policies."""
        files, folders, findings = self._look_into(POLICIES)
        home = f"a policy's file is {POLICY_FILE.told}; those of others are copied by `provisioner policy vendor`"
        names, misnamed = _split([file.removesuffix(".yaml") for file in files if file.endswith(".yaml")], NAME)
        astray = [*(f"{name}.yaml" for name in misnamed), *(file for file in files if not file.endswith(".yaml"))]
        astray += [name for name in folders if f"{POLICIES}/{name}" != VENDORED]
        return NameListing(names, (*findings, *_astray(POLICIES, astray, home)))

    def policy_sources(self) -> NameListing:
        """Names of the folders that policies of others were copied to."""
        files, folders, findings = self._look_into(VENDORED)
        known = (POLICY_SOURCES.rpartition("/")[2], POLICY_LOCK.rpartition("/")[2])
        names, misnamed = _split(folders, NAME)
        astray = [*(file for file in files if file not in known), *misnamed]
        home = f"{POLICY_SOURCES} names sources, and `provisioner policy vendor` copies them"
        return NameListing(names, (*findings, *_astray(VENDORED, astray, home, known)))

    def vendored_policies(self, source: str) -> NameListing:
        """Names of the policies of one source."""
        home = "a source's folder holds what `provisioner policy vendor` copied"
        return self._specs(f"{VENDORED}/{source}", NAME, home)

    def _specs(self, folder: str, called: re.Pattern[str], home: str) -> NameListing:
        """Files that are called as they should, without their suffix; all others, and folders, are astray."""
        files, folders, findings = self._look_into(folder)
        names, misnamed = _split([file.removesuffix(".yaml") for file in files if file.endswith(".yaml")], called)
        others = [file for file in files if not file.endswith(".yaml")]
        astray = [*(f"{name}.yaml" for name in misnamed), *others, *folders]
        return NameListing(names, (*findings, *_astray(folder, astray, home)))

    def _look_into(self, folder: str) -> tuple[list[str], list[str], list[Finding]]:
        """What looks like a spec by its name, what is a folder, and why neither could be seen. Sorted, none hidden."""
        specs, folders, findings = self._scanned(folder)
        drafted = self._drafted.get(folder, {})
        for name, below in drafted.items():
            if name[0] != "." and (below or name.lower().endswith(_LOOKS_LIKE_A_SPEC)):
                (folders if below else specs).append(name)
        return sorted(set(specs)), sorted(set(folders)), findings

    @cached_property
    def _drafted(self) -> dict[str, dict[str, bool]]:
        """What drafts hold directly below each folder, and whether it is a folder itself."""
        found: dict[str, dict[str, bool]] = {}
        known: set[str] = set()
        for path in self.drafts:
            folder, _, name = path.rpartition("/")
            found.setdefault(folder, {})[name] = False
            while folder and folder not in known:
                known.add(folder)
                above, _, own = folder.rpartition("/")
                found.setdefault(above, {})[own] = True
                folder = above
        return found

    def _scanned(self, folder: str) -> tuple[list[str], list[str], list[Finding]]:
        try:
            if not self._is_inside(folder):
                return [], [], [_finding(folder, "is a link that leaves the project")]
            with os.scandir(self.root / folder) as found:
                entries = sorted((entry for entry in found if entry.name[0] != "."), key=lambda entry: entry.name)
            specs = [entry.name for entry in entries if entry.name.lower().endswith(_LOOKS_LIKE_A_SPEC)]
            others = [entry for entry in entries if not entry.name.lower().endswith(_LOOKS_LIKE_A_SPEC)]
            return specs, [entry.name for entry in others if entry.is_dir()], []
        except FileNotFoundError:
            return [], [], []
        except (OSError, RuntimeError) as error:
            return [], [], [_finding(folder, _why(error))]

    def read(self, path: str, most: int = MAX_BYTES) -> bytes:
        """The bytes of a regular file inside the project, at most `most` of them. Raises Malformed."""
        if path in self.drafts:
            return _within(path, self.drafts[path], most)
        try:
            if not self._is_inside(path.rpartition("/")[0]):
                refuse(path, "lies behind a link that leaves the project")
            try:
                return _read(f"{self.root}/{path}", path, most)
            except OSError as error:
                if error.errno not in (errno.ELOOP, errno.EMLINK):  # what O_NOFOLLOW says of a link
                    raise
            if not self._is_inside(path):
                refuse(path, "is a link that leaves the project")
            return _read((self.root / path).resolve(strict=True), path, most)
        except FileNotFoundError:
            required = "; every folder of environments/ holds one" if path.endswith("/environment.yaml") else ""
            refuse(path, f"does not exist{required}")
        except (OSError, RuntimeError) as error:
            refuse(path, _why(error))

    def unfinished(self) -> list[Finding]:
        """A finding where a command was cut off while it wrote: what lies there may be half of what it meant."""
        if not os.path.lexists(self.root / WRITE_LOG):
            return []
        why = "a command was cut off while it wrote these specs, or writes them now"
        fix = "`provisioner validate --fix`, like any command that writes, finishes what it began"
        return [Finding("REC007", Severity.ERROR, f"{why}; {fix}", Location(WRITE_LOG))]

    def has(self, path: str) -> bool:
        """Whether something is there, be it a file that can be read or not."""
        return path in self.drafts or os.path.lexists(self.root / path)

    def holds_folder(self, path: str) -> bool:
        """Whether something is there, or would stand below it."""
        return self.has(path) or path in self._drafted

    def _is_inside(self, path: str) -> bool:
        """Whether the path with all its links followed lies in the project. Raises OSError or RuntimeError."""
        if path not in self._inside:
            self._inside[path] = (self.root / path).resolve().is_relative_to(self.root.resolve())
        return self._inside[path]


def _read(file: str | Path, path: str, most: int) -> bytes:
    # Without O_NONBLOCK the opening of a pipe waits for somebody who writes to it.
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            refuse(path, "is a folder, not a file")
        if not stat.S_ISREG(status.st_mode):
            refuse(path, "is no regular file")
        if status.st_size > most:
            _refuse_size(path, most)
        data = os.read(descriptor, status.st_size + 1)
    finally:
        os.close(descriptor)
    if len(data) != status.st_size:
        refuse(path, "was changed while it was read; run again")
    return data


def _within(path: str, data: bytes, most: int) -> bytes:
    if len(data) > most:
        _refuse_size(path, most)
    return data


def _refuse_size(path: str, most: int) -> NoReturn:
    refuse(path, f"is larger than {most >> 10} KiB; a spec is a page of text")


def _split(names: list[str], called: re.Pattern[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names that are made as they should, and the others."""
    return tuple(filter(called.fullmatch, names)), [name for name in names if not called.fullmatch(name)]


def _astray(folder: str, names: list[str], home: str, known: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Findings against `names`; what has an obvious right name, or one of the `known`, is told it."""
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        right = f"{re.sub('[_ ]', '-', stem.lower())}.yaml"
        fix = home
        if close := closest(name, known):
            fix = f"rename it to {close}"
        elif dot and right != name and (NAME.fullmatch(right.removesuffix(".yaml")) or suffix != "yaml"):
            fix = f"rename it to {right}"
        yield _finding(f"{folder}/{name}", f"is not read; {printable(fix)}")


def _finding(path: str, message: str) -> Finding:
    return Finding("REC006", Severity.ERROR, message, Location(printable(path)))


def _why(error: OSError | RuntimeError) -> str:
    # A loop of links is a RuntimeError before Python 3.13.
    return f"cannot be read: {(error.strerror if isinstance(error, OSError) else None) or 'a loop of links'}"
