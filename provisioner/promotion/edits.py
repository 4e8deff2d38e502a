"""Applies a promotion's steps to the text of the target's file; everything else keeps its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.promotion.file_values import ABSENT, Written
from provisioner.promotion.merge import MergedLeaf, Resolution, result_of
from provisioner.specs.yaml import writer
from provisioner.specs.yaml.reader import read

_RECORDING = "/recording"


def edited(data: bytes, steps: Sequence[MergedLeaf], file: str) -> bytes:
    """The text of the target's file with every promoted setting; settings in conflict are not changed."""
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
    """The text without the setting and the blocks that held nothing else, because an empty block has a meaning."""
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
