"""Records: byte-stable, read back as written, and every edit is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.cli import promote
from provisioner.specs.documents.promotion_record import Bypass, JudgedGate, Promoted, PromotionRecord, parse
from provisioner.specs.schema import checking
from provisioner.specs.yaml.reader import Malformed, read
from tests.profiles import examples
from tests.project import Project
from tests.promotion import support
from tests.promotion.support import CALL, PROD_CALL, open_gates, promoted, records, ticking
from tests.values import json_documents

NAMES = st.from_regex(r"\A[a-z0-9]{1,8}\Z")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
LEAVES: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["/recording/mode", "/recording/settings/maxIdleTime", "/recording/settings/single"]),
    st.none() | st.booleans() | st.integers(0, 9) | TEXTS | st.just({}) | st.lists(TEXTS, max_size=2),
)
SHARES = st.builds(
    Promoted, NAMES, st.dictionaries(st.just("/recording/mode"), st.just({"after": "auto"})), LEAVES, LEAVES
)
GATES = st.builds(
    JudgedGate,
    st.sampled_from(["pass", "fail", "unknown"]),
    TEXTS,
    st.none() | st.builds(Bypass, TEXTS, st.just("2026-01-31")),
)
RECORDS = st.builds(
    PromotionRecord,
    NAMES,
    NAMES,
    st.sampled_from(["", "0" * 40]),
    st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    TEXTS,
    st.dictionaries(NAMES, SHARES, max_size=2),
    st.dictionaries(st.just("call@v1"), st.just(f"sha256:{'0' * 64}")),
    st.dictionaries(st.sampled_from(["soak", "ladder"]), GATES),
    st.sampled_from(["", "20260131T120000Z-0123456789ab"]),
)


@given(RECORDS)
@settings(max_examples=examples(60))
def test_a_record_reads_back_as_it_was_written(record: PromotionRecord) -> None:
    again = parse(record.data, record.file)
    assert again == record
    assert again.data == record.data
    jsonschema_rs.Draft202012Validator(checking.schema("promotion")).validate(read(record.data, record.file).plain())


@given(RECORDS, st.data())
@settings(max_examples=examples(60))
def test_every_edit_of_a_value_is_found(record: PromotionRecord, data: st.DataObject) -> None:
    text = record.data.decode()
    document = read(record.data, record.file).plain()
    key = data.draw(st.sampled_from(["environment", "source", "who", "templates", "gates", "applications"]))
    other = data.draw(json_documents() | st.text(max_size=3))
    if other == document[key]:
        return
    edited = json.dumps({**document, key: other})
    assert edited != text
    with pytest.raises(Malformed):
        parse(edited.encode(), record.file)


@pytest.fixture
def promotion(project: Project, monkeypatch: pytest.MonkeyPatch) -> str:
    """The record of one promotion into prod."""
    monkeypatch.setattr(promote, "system_clock", ticking())
    open_gates(monkeypatch)
    support.settings(project, CALL, "maxIdleTime: 20s")
    assert promoted(project, "dev", "prod").code == 0
    (record,) = records(project)
    return record


def test_validate_and_the_commands_tell_of_an_edited_record(project: Project, promotion: str) -> None:
    project.edit(promotion, "after: 20s", "after: 30s")
    (told,) = (line for line in project.run("validate").out.splitlines() if "REC025" in line)
    assert told == (
        f"{promotion}:8:9: REC025 was edited after it was written: its digest is another; take it back from Git"
    )
    for command in (["promote", "dev", "prod"], ["promotions", "prod"], ["compare", "dev", "prod"]):
        ran = project.run(*command)
        assert (ran.code, ran.err) == (1, f"{told}\n")
    assert project.run("plan", "prod").code == 0


def test_a_record_that_was_renamed_or_copied_is_found(project: Project, promotion: str) -> None:
    text = (project.root / promotion).read_text()
    copy = promotion.replace("20260131", "20260130")
    project.write(copy, text)
    assert f"{copy}:1:1: REC025 is not called as it was written, {promotion}" in project.run("validate").out
    project.write("environments/prod/promotions/notes.yaml", "x: 1\n")
    assert "notes.yaml:1:1: REC006 is not read; promotions/ holds records" in project.run("validate").out


def test_promotions_lists_what_was_promoted(project: Project, promotion: str) -> None:
    ran = project.run("promotions", "prod")
    assert ran.out.splitlines()[1:] == [f"    {promotion}", "    video-call: maxIdleTime"]
    (said,) = project.json("promotions", "prod")
    assert said["file"] == promotion
    assert set(said["applications"]) == {"video-call", "classroom", "support-desk"}
    assert said["applications"]["video-call"]["moved"] == {"/recording/settings/maxIdleTime": {"after": "20s"}}
    assert project.run("promotions", "dev").out == "Nothing was ever promoted into dev.\n"


def test_two_promotions_of_the_same_are_the_same_bytes_but_for_the_time(project: Project, promotion: str) -> None:
    first = parse((project.root / promotion).read_bytes(), promotion)
    (project.root / promotion).unlink()
    project.edit(PROD_CALL, "  settings:\n    maxIdleTime: 20s\n", "")
    assert promoted(project, "dev", "prod").code == 0
    (again,) = records(project)
    second = parse((project.root / again).read_bytes(), again)
    assert {**first.statement(), "when": ""} == {**second.statement(), "when": ""}
