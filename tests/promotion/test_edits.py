"""Edits of the target's file say exactly what was merged, and leave every other byte alone."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioner.promotion.edits import edited
from provisioner.promotion.file_values import Written, moves, written
from provisioner.promotion.merge import Side, result_of, three_way
from provisioner.recording.application import Layer
from provisioner.recording.document import nest
from provisioner.recording.fields import SETTINGS
from provisioner.recording.value_types import Value
from provisioner.specs.documents.document import Document
from provisioner.specs.documents.patch import read_patch
from provisioner.specs.schema import checking
from provisioner.specs.yaml import canonical
from provisioner.specs.yaml.reader import read
from tests.profiles import examples
from tests.project import Project
from tests.promotion.support import PROD_CALL
from tests.values import documents

FILE = "app.yaml"
HEAD = """\
# What this application is for.
apiVersion: recording/v1
kind: Application
name: app
sdkAppId: 1        # in this environment
owner: "@acme/calls"
"""


def said(text: str) -> Written:
    node = read(text.encode(), FILE)
    assert checking.check(node, "application", FILE) == []
    patch, refused = read_patch(node, Layer.APPLICATION, FILE)
    assert refused == []
    return written(Document(FILE, node, patch))


def spec(values: dict[str, Value], blocks: list[str]) -> str:
    """An application's file with comments that holds the values, and deletes or opens some blocks."""
    recording: dict[str, Any] = {"enabled": True, "mode": "manual", **nest(values).get("recording", {})}
    for block, value in (("single", {}), ("subscribe", None)):
        if block in blocks:
            recording.setdefault("settings", {}).setdefault(block, value)
    lines = [f"{line}   # {number}" for number, line in enumerate(canonical.lines({"recording": recording}))]
    return HEAD + "".join(f"{line}\n" for line in lines)


SPECS = st.builds(spec, documents(SETTINGS), st.lists(st.sampled_from(["single", "subscribe"]), unique=True))


def environment_leaves(text: str) -> dict[str, Any]:
    patch, _ = read_patch(read(text.encode(), FILE), Layer.APPLICATION, FILE)
    return {path: value for path, value in patch.says.items() if not moves(path)}


@settings(max_examples=examples(60))
@given(SPECS, SPECS, SPECS | st.none(), st.sampled_from(Side))
def test_the_file_says_what_was_merged(source: str, target: str, base: str | None, prefer: Side) -> None:
    steps = three_way(said(source), said(target), None if base is None else said(base), prefer)
    wanted = result_of(steps)
    assume(
        not any(
            value is None and any(other.startswith(f"{path}/") for other in wanted) for path, value in wanted.items()
        )
    )
    after = edited(target.encode(), steps, FILE).decode()
    assert said(after) == wanted
    assert environment_leaves(after) == environment_leaves(target)
    assert after.startswith(HEAD)
    assert edited(after.encode(), three_way(said(source), said(after), said(source)), FILE) == after.encode()


@settings(max_examples=examples(30))
@given(SPECS)
def test_nothing_to_move_changes_no_byte(target: str) -> None:
    assert edited(target.encode(), three_way(said(target), said(target), None), FILE) == target.encode()


def test_comments_order_quotes_and_line_ends_stay(project: Project) -> None:
    before = (project.root / PROD_CALL).read_bytes().replace(b"\n", b"\r\n")
    says = said(before.decode())
    moved = {**says, "/recording/template": "call@v2", f"{SETTINGS}/maxIdleTime": "20s"}
    after = edited(before, three_way(moved, says, says), FILE)
    expected = before.replace(b"call@v1", b"call@v2").rstrip() + b"\r\n  settings:\r\n    maxIdleTime: 20s\r\n"
    assert after == expected


def test_a_block_goes_with_the_last_thing_in_it() -> None:
    head = HEAD + "recording:\n  enabled: true\n  mode: auto\n"
    text = head + "  settings:\n    mixed:\n      video: {width: 1280}\n"
    assert edited(text.encode(), three_way(said(head), said(text), said(text)), FILE) == head.encode()
