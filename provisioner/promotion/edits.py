"""A promotion's steps as edits of the target's file: what is not mentioned keeps every byte."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.promotion.file_values import ABSENT, Written
from provisioner.promotion.merge import MergedLeaf, Resolution, result_of
from provisioner.specs.yaml import writer
from provisioner.specs.yaml.reader import read

_RECORDING = "/recording"


def edited(data: bytes, steps: Sequence[MergedLeaf], file: str) -> bytes:
    """The target's file with every step that moves carried out; conflicts leave their leaves alone."""
    text = data.decode()
    moving = [step for step in steps if step.resolution is Resolution.MOVES]
    kept = result_of(steps)
    for step in moving:
        if step.source is ABSENT:
            text = _without(text, step.path, kept, file)
    for step in moving:
        if step.source is not ABSENT:
            text = writer.set_value(text, step.path, step.source)
    return text.encode()


def _without(text: str, path: str, kept: Written, file: str) -> str:
    """The text without the leaf, and without the blocks that only held it: an empty block means something."""
    document = read(text.encode(), file).plain()
    if not _there(document, path):
        return text  # it went with the block around it
    above = path.rpartition("/")[0]
    while above != _RECORDING and len(_value(document, above)) == 1 and above not in kept:
        path, above = above, above.rpartition("/")[0]
    return writer.remove(text, path)


def _there(document: Any, path: str) -> bool:
    for part in path.split("/")[1:]:
        if not isinstance(document, dict) or part not in document:
            return False
        document = document[part]
    return True


def _value(document: Any, path: str) -> Any:
    for part in path.split("/")[1:]:
        document = document[part]
    return document
