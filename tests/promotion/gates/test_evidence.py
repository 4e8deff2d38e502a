"""Whether recordings of the source were seen since it runs what is promoted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from provisioner.archive.evidence import collect
from provisioner.archive.evidence.verdicts import Evidence, EvidenceReport, EvidenceVerdict, Judgement
from provisioner.archive.unknown import Unknown, UnknownCause
from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.gates.evidence import EVIDENCE
from provisioner.promotion.proposal import Move
from provisioner.reconcile.apply.state import EnvironmentState
from provisioner.recording.application import Application
from provisioner.specs.keys.console import ConsoleChoice
from provisioner.specs.keys.gates import GateDemands
from provisioner.specs.keys.journal import FolderJournal
from tests.promotion.gates.contexts import IDLE, NOON, context, moving, says
from tests.reconcile.typed import CALL, application, environment

APPLIED = NOON - timedelta(hours=2)
HOLDS = APPLIED + timedelta(minutes=10)
MODE = "/recording/mode"
Query = collect.EvidenceQuery


class Archive:
    """What the archive shows: by application's name, its evidence. Keeps what it was asked."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path
        self.shows: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[Query, Path, Mapping[str, str]]] = []
        self.fails: ProvisionerError | None = None
        self.state = EnvironmentState("dev", tmp_path, FolderJournal(), lambda: NOON)

    def collect(self, source: Any, query: Query, root: Path, environ: Mapping[str, str]) -> EvidenceReport:
        self.asked.append((query, root, environ))
        if self.fails:
            raise self.fails
        return EvidenceReport(source.name, "archive", tuple(self._of(app, query) for app in query.applications))

    def _of(self, app: Application, query: Query) -> Evidence:
        shown: dict[str, Any] = {"judgements": (), **self.shows.get(app.name, {})}
        return Evidence(app, query.since[app.sdk_app_id], query.until, query.applied[app.sdk_app_id], **shown)

    def applied(self, *numbers: int) -> None:
        """The journal tells that these were applied two hours ago."""
        run = EnvironmentState("dev", self.root, FolderJournal(), lambda: APPLIED).journal.begin()
        for number in numbers:
            run.record("applied", name="x", sdkAppId=number)
        run.close()

    def says(self, moves: dict[str, Move], wanted: int = 2) -> tuple[str, str] | None:
        source = environment(console=ConsoleChoice("tencent"))
        known = {"state": self.state, "root": self.root, "environ": {"A": "b"}, "source": source}
        return says(EVIDENCE, context(moves, GateDemands(evidence=wanted), **known))


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    made = Archive(tmp_path)
    monkeypatch.setattr(collect, "collect", made.collect)
    return made


def moved(name: str, number: int, **values: Any) -> dict[str, Move]:
    source = application(name, {"/sdkAppId": number, IDLE: "20s", **values})
    return {name: Move(source, application(name, {IDLE: "5s"}), (), None)}


def test_a_target_that_asks_for_none_is_not_asked(archive: Archive) -> None:
    assert archive.says(moving("call"), wanted=0) is None
    assert archive.asked == []


def test_what_no_console_records_by_needs_none(archive: Archive) -> None:
    passed = ("pass", "nothing moves that a console records by")
    assert archive.says({}) == passed
    assert archive.says(moved("call", CALL, **{"/recording/enabled": False})) == passed
    assert archive.asked == []


def test_as_many_recordings_as_asked_for_pass(archive: Archive) -> None:
    archive.applied(CALL, 7)
    archive.shows = {"call": {"recordings": 2}, "room": {"recordings": 3}}
    assert archive.says({**moved("call", CALL), **moved("room", 7)}) == (
        "pass",
        "2 or more recordings seen: call, room",
    )
    ((query, root, environ),) = archive.asked
    assert [app.name for app in query.applications] == ["call", "room"]
    assert query.applied == {CALL: HOLDS, 7: HOLDS}
    assert query.since == {number: HOLDS + timedelta(minutes=10) for number in (CALL, 7)}  # files are stored late
    assert (query.until, query.now, root, environ) == (None, NOON, archive.root, {"A": "b"})


def test_too_few_fail_and_are_unknown_where_nobody_could_look(archive: Archive) -> None:
    archive.applied(CALL)
    archive.shows = {"call": {"recordings": 1}}
    reason = "call: 1 of 2 recordings seen since it runs this"
    assert archive.says(moved("call", CALL)) == ("fail", reason)
    blind = {"files": Unknown(UnknownCause.REFUSED, ""), "minutes": Unknown(UnknownCause.REFUSED, "")}
    archive.shows = {"call": {"recordings": 1, "unknown": blind}}
    told = f"{reason}; files cannot be read; minutes cannot be read"
    assert archive.says(moved("call", CALL)) == ("unknown", told)
    archive.shows = {"call": {"recordings": 2, "unknown": blind}}
    assert archive.says(moved("call", CALL)) == ("pass", "2 or more recordings seen: call")


def test_files_that_contradict_the_specs_fail_however_many_there_are(archive: Archive) -> None:
    archive.applied(CALL)
    against = (
        Judgement(MODE, EvidenceVerdict.CONTRADICTS, "two files"),
        Judgement("/recording/enabled", EvidenceVerdict.BEHAVES, "seen"),
        Judgement(IDLE, EvidenceVerdict.CONTRADICTS, "too late"),
    )
    archive.shows = {"call": {"recordings": 9, "judgements": against}}
    assert archive.says(moved("call", CALL)) == ("fail", "call: files contradict recording.mode, maxIdleTime")
    archive.shows = {"call": {"recordings": 2, "judgements": against[1:2]}}
    assert archive.says(moved("call", CALL)) == ("pass", "2 or more recordings seen: call")


def test_an_application_of_which_nobody_knows_since_when_is_unknown(archive: Archive) -> None:
    both = {**moved("call", CALL), **moved("room", 7)}
    unknown = "it is not known since when {} runs this"
    assert archive.says(both) == ("unknown", f"{unknown.format('call')}; {unknown.format('room')}")
    assert archive.asked == []  # nothing to ask an archive for
    archive.applied(7)
    archive.shows = {"room": {"recordings": 2}}
    assert archive.says(both) == ("unknown", unknown.format("call"))
    ((query, _, _),) = archive.asked
    assert [app.name for app in query.applications] == ["room"]
    archive.shows = {"room": {"recordings": 0}}
    assert archive.says(both) == ("fail", "room: 0 of 2 recordings seen since it runs this")


def test_an_archive_that_cannot_be_asked_is_unknown(archive: Archive) -> None:
    archive.applied(CALL)
    archive.fails = ProvisionerError("no answer")
    assert archive.says(moved("call", CALL)) == ("unknown", "recordings cannot be listed: no answer")
