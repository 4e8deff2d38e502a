"""Laws of promotion, on the shipped specs with edits in both environments; nothing is written to disk."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.promotion.compare import DifferenceKind, compare
from provisioner.promotion.file_values import Written, read_written
from provisioner.promotion.history import bases
from provisioner.promotion.merge import Side
from provisioner.promotion.pairing import pair
from provisioner.promotion.promote import Promotion, Stamp, prepare
from provisioner.promotion.proposal import propose
from provisioner.promotion.rollback import restore
from provisioner.specs.documents.promotion_record import PromotionRecord
from provisioner.specs.editing.transaction import contents
from provisioner.specs.workspace import Workspace
from provisioner.specs.yaml import writer
from tests.conftest import ROOT
from tests.profiles import examples
from tests.promotion.support import CALL, DESK, PROD_CALL, PROD_DESK, PROD_ROOM, ROOM

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
V1 = (ROOT / "templates/call/v1.yaml").read_text()
V2 = {"templates/call/v2.yaml": V1.replace("maxFileDuration: 2h", "maxFileDuration: 3h").encode()}
SETTINGS = "/recording/settings"
LEAVES: Mapping[str, list[object]] = {
    f"{SETTINGS}/maxIdleTime": ["10s", "20s", "30s"],
    f"{SETTINGS}/maxFileDuration": ["1h", "4h"],
    f"{SETTINGS}/mixed/audio/bitrate": ["48kbps", "96kbps"],
    "/recording/expectedParticipants": [3, 4, 5],
    "/recording/backendRecords": [True, False],
}
Drawn = list[tuple[str, str, object]]
APPS = (CALL, ROOM, DESK)
EDITS = st.dictionaries(
    st.tuples(st.sampled_from(APPS), st.sampled_from([*LEAVES])), st.integers(0, 2), max_size=5
).map(lambda drawn: [(file, path, LEAVES[path][index % len(LEAVES[path])]) for (file, path), index in drawn.items()])
PINS = st.sets(st.sampled_from((CALL, DESK)))


def there(file: str) -> str:
    return file.replace("/dev/", "/prod/")


def edited(workspace: Workspace, edits: Drawn, pins: Collection[str] = ()) -> Workspace:
    """The workspace with these values written into its files."""
    files: dict[str, bytes] = {}
    for file, path, value in [*edits, *((file, "/recording/template", "call@v2") for file in pins)]:
        text = files.get(file, workspace.files.read(file)).decode()
        files[file] = writer.set_value(text, path, value).encode()
    return workspace.drafted(files)


def promotion(
    workspace: Workspace, records: list[PromotionRecord], *names: str, prefer: Side | None = None
) -> Promotion:
    pairing = pair(workspace.environment("dev"), workspace.environment("prod")).narrowed(names)
    stamp = Stamp("ann", NOON + timedelta(minutes=len(records)), "")
    return prepare(workspace, pairing, records, stamp, prefer)


def done(workspace: Workspace, step: Promotion, records: list[PromotionRecord]) -> Workspace:
    if step.empty:
        return workspace
    records.append(step.record)
    return workspace.drafted({**contents(step.changes), step.record.file: step.record.data})


def start() -> Workspace:
    return Workspace(ROOT).drafted(V2)


def written(workspace: Workspace) -> dict[str, Written]:
    return {file: read_written(workspace.files, there(file)) for file in APPS}


def specs(workspace: Workspace) -> dict[str, bytes]:
    """What would be written, without records: they tell how it came about."""
    return {path: data for path, data in workspace.files.drafts.items() if "/promotions/" not in path}


def counted(workspace: Workspace, records: list[PromotionRecord]) -> dict[DifferenceKind, int]:
    pairing = pair(workspace.environment("dev"), workspace.environment("prod"))
    found = compare(workspace, propose(workspace, pairing, bases(records, "dev")))
    return {kind: found.count(kind) for kind in DifferenceKind}


@settings(max_examples=examples(10))
@given(EDITS, PINS, EDITS)
def test_after_a_promotion_nothing_is_left_that_moves(dev: Drawn, pins: set[str], prod: Drawn) -> None:
    records: list[PromotionRecord] = []
    workspace = edited(edited(start(), dev, pins), [(there(file), path, value) for file, path, value in prod])
    after = done(workspace, promotion(workspace, records, prefer=Side.SOURCE), records)
    counts = counted(after, records)
    assert (counts[DifferenceKind.MOVES], counts[DifferenceKind.CONFLICT]) == (0, 0)
    assert promotion(after, records).empty


@settings(max_examples=examples(10))
@given(EDITS, PINS)
def test_what_belongs_to_the_environment_and_every_comment_stay_byte_by_byte(dev: Drawn, pins: set[str]) -> None:
    records: list[PromotionRecord] = []
    workspace = edited(start(), dev, pins)
    after = done(workspace, promotion(workspace, records), records)
    for file in (PROD_CALL, PROD_ROOM, PROD_DESK):
        before, now = (space.files.read(file).decode() for space in (workspace, after))
        assert now.partition("recording:")[0] == before.partition("recording:")[0]
        comments = [line.partition(" # ")[2] for line in before.splitlines() if " # " in line]
        assert [line.partition(" # ")[2] for line in now.splitlines() if " # " in line] == comments
    for name in ("environment.yaml", "embedded.yaml"):
        assert f"environments/prod/{name}" not in after.files.drafts


@settings(max_examples=examples(8))
@given(EDITS, PINS)
def test_one_after_the_other_is_both_at_once(dev: Drawn, pins: set[str]) -> None:
    workspace, records = edited(start(), dev, pins), list[PromotionRecord]()
    both = done(workspace, promotion(workspace, [], "video-call", "classroom"), [])
    first = done(workspace, promotion(workspace, records, "video-call"), records)
    second = done(first, promotion(first, records, "classroom"), records)
    assert specs(second) == specs(both)


@settings(max_examples=examples(10))
@given(EDITS, EDITS, EDITS)
def test_a_hotfix_survives_the_next_promotion(first: Drawn, hotfix: Drawn, second: Drawn) -> None:
    records: list[PromotionRecord] = []
    # Every application moves something at first, so that each has a base.
    begun = edited(start(), [(file, f"{SETTINGS}/maxIdleTime", "40s") for file in APPS])
    begun = edited(begun, first)
    agreed = done(begun, promotion(begun, records), records)
    fixed = edited(agreed, [(there(file), path, value) for file, path, value in hotfix])
    fixes = {(file, path): value for file, path, value in hotfix if written(agreed)[file].get(path) != value}
    moving = edited(fixed, second)
    after = done(moving, promotion(moving, records), records)
    for (file, path), value in fixes.items():
        assert written(after)[file][path] == value


@settings(max_examples=examples(10))
@given(EDITS, EDITS, PINS)
def test_a_rollback_restores_what_was_promoted(first: Drawn, second: Drawn, pins: set[str]) -> None:
    records: list[PromotionRecord] = []
    begun = edited(start(), [(CALL, f"{SETTINGS}/maxIdleTime", "40s"), *first])
    good = done(begun, promotion(begun, records), records)
    worse = edited(good, second, pins)
    bad = done(worse, promotion(worse, records), records)
    back = done(bad, restore(bad, records[0], (), Stamp("ann", NOON + timedelta(days=1), ""), "broken"), records)
    assert written(back) == written(good)
    assert {app.name for app in back.environment("prod").applications if app.hold} == {
        file.split("/")[-1].removesuffix(".yaml") for file in APPS if written(bad)[file] != written(good)[file]
    }
