"""The shipped specs with edits that are written nowhere, for tests that look at what is read from them."""

from __future__ import annotations

import functools

from provisioner.specs.documents.environment import Environment
from provisioner.specs.workspace import Workspace
from tests.conftest import ROOT

Edit = tuple[str, str, str]
"""A file, what stands in it exactly once, and what is to stand there."""


@functools.cache
def shipped(environment: str, *edits: Edit) -> Environment:
    """An environment of the shipped specs with these edits, one after the other. Read once, nobody can change it."""
    files: dict[str, str] = {}
    for file, old, new in edits:
        text = files.get(file) or (ROOT / file).read_text("utf-8")
        assert text.count(old) == 1, f"{file} holds {old!r} {text.count(old)} times"
        files[file] = text.replace(old, new)
    return Workspace(ROOT, drafts={file: text.encode() for file, text in files.items()}).environment(environment)
