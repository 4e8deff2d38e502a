"""A reviewed plan is applied as it was reviewed, or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan import seal as seals
from provisioner.reconcile.plan.document import PLAN_VERSION
from provisioner.reconcile.plan.seal import addresses, digest, load, opened, read, seal, text
from tests.project import Project
from tests.report import plans

CALL = 20001001
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def sealed(project: Project) -> Project:
    """One change is planned and sealed: the call template's idle time."""
    project.run("apply", "--yes", "dev")
    project.edit("templates/call/v1.yaml", "maxIdleTime: 5s", "maxIdleTime: 20s")
    assert project.run("plan", "dev", "--out", "plan.json").code == 0
    return project


def idle(project: Project) -> int:
    template = project.console("dev").application(CALL).template
    assert template is not None
    return int(template["MaxIdleTime"])


def move_console(project: Project, seconds: int) -> None:
    console = project.console("dev")
    template = console.application(CALL).template
    assert template is not None
    console.edit(CALL, template={**template, "MaxIdleTime": seconds})


def test_a_plan_that_holds_is_applied_once(sealed: Project) -> None:
    assert sealed.run("verify", "plan.json").out == "Nothing changed: the plan is valid.\n"
    assert sealed.run("apply", "--yes", "--plan", "plan.json").code == 0
    assert idle(sealed) == 20
    again = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert again.code == 1
    assert "this plan was carried out already, at " in again.err


def test_a_console_that_moved_is_told_field_by_field(sealed: Project) -> None:
    move_console(sealed, 300)
    told = 'video-call /recording/settings/maxIdleTime: the console said "5s", now "5m"'
    verified = sealed.run("verify", "plan.json")
    assert (verified.code, told in verified.out) == (1, True)
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, told in refused.err) == (1, True)
    assert idle(sealed) == 300


def test_a_spec_that_moved_is_told_field_by_field(sealed: Project) -> None:
    sealed.edit("templates/call/v1.yaml", "maxIdleTime: 20s", "maxIdleTime: 30s")
    sealed.edit("templates/classroom/v1.yaml", "maxFileDuration: 4h", "maxFileDuration: 3h")
    assert sealed.run("verify", "plan.json").out.splitlines() == [
        'classroom /recording/settings/maxFileDuration: differs now: "4h" -> "3h"',
        'video-call /recording/settings/maxIdleTime: the spec said "20s", now "30s"',
        "Changed since the plan was sealed: 2 things. Make the plan again.",
    ]


def test_what_somebody_repaired_by_hand_is_told(sealed: Project) -> None:
    move_console(sealed, 20)
    assert (
        "video-call /recording/settings/maxIdleTime: console and spec agree now"
        in sealed.run("verify", "plan.json").out
    )


def test_a_spec_that_was_added_since_is_told(sealed: Project) -> None:
    spec = (sealed.root / "environments/dev/apps/support-desk.yaml").read_text()
    added = spec.replace("support-desk", "webinar-trial").replace("20001003", "20001004")
    sealed.write("environments/dev/apps/webinar-trial.yaml", added)
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, "webinar-trial: a spec was added" in refused.err) == (1, True)
    assert idle(sealed) == 5


def test_a_spec_that_is_gone_since_is_told(sealed: Project) -> None:
    (sealed.root / "environments/dev/apps/classroom.yaml").unlink()
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, "classroom: its spec is gone" in refused.err) == (1, True)
    assert idle(sealed) == 5


def test_an_application_that_is_another_one_now_is_told(sealed: Project) -> None:
    """Nothing else tells it: what was planned for the one may be just what the other needs."""
    sealed.edit("environments/dev/apps/classroom.yaml", "sdkAppId: 20001002", "sdkAppId: 20001004")
    sealed.run("apply", "--yes", "dev/classroom")
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    told = "classroom: its SDKAppId was 20001002, now 20001004"
    assert (refused.code, told in refused.err) == (1, True)
    assert idle(sealed) == 5


def test_a_plan_of_one_application_writes_no_other(sealed: Project) -> None:
    sealed.edit("templates/classroom/v1.yaml", "maxFileDuration: 4h", "maxFileDuration: 3h")
    assert sealed.run("plan", "dev/video-call", "--out", "plan.json").code == 0
    assert sealed.run("apply", "--yes", "--plan", "plan.json").code == 0
    assert idle(sealed) == 20
    assert sealed.json("plan", "dev")["totals"]["change"] == 1


def test_an_edited_plan_is_refused(sealed: Project) -> None:
    sealed.edit("plan.json", '"after": "20s"', '"after": "30s"')
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, "was edited after it was sealed" in refused.err) == (1, True)


def test_an_expired_plan_is_refused(sealed: Project) -> None:
    plan = json.loads((sealed.root / "plan.json").read_text())
    del plan["seal"]
    sealed.write("plan.json", json.dumps(seal(plan, datetime(2019, 12, 31, tzinfo=UTC))))
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, "the plan expired at 2020-01-01T00:00:00Z" in refused.err) == (1, True)


def test_the_seal_holds_the_only_times(sealed: Project) -> None:
    first = json.loads((sealed.root / "plan.json").read_text())
    sealed.run("plan", "dev", "--out", "again.json")
    second = json.loads((sealed.root / "again.json").read_text())
    assert first["seal"]["digest"] == second["seal"]["digest"]
    assert {**first, "seal": None} == {**second, "seal": None}


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"planVersion": 1, "seal": {}}'])
def test_what_is_no_plan_is_told(sealed: Project, content: str) -> None:
    sealed.write("plan.json", content)
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, "plan.json: is no plan (" in refused.err) == (1, True)


def test_a_plan_without_a_seal_is_not_applied(sealed: Project) -> None:
    sealed.write("plan.json", sealed.run("plan", "dev", "--format", "json").out)
    refused = sealed.run("apply", "--yes", "--plan", "plan.json")
    assert (refused.code, refused.err.splitlines()[0]) == (1, "plan.json: is a plan without a seal")


def test_an_address_and_a_plan_exclude_each_other(sealed: Project) -> None:
    assert sealed.run("apply", "--yes", "dev", "--plan", "plan.json").code == 1
    assert sealed.run("apply").code == 1


def test_history_tells_who_wrote_what(sealed: Project) -> None:
    sealed.run("apply", "--yes", "--plan", "plan.json")
    entries = sealed.json("history", "dev")
    last = [entry for entry in entries if entry["run"] == entries[-1]["run"]]
    assert [entry["event"] for entry in last] == ["begin", "equal", "write", "applied", "end"]
    assert last[2]["changes"] == [{"path": "/recording/settings/maxIdleTime", "before": "5s", "after": "20s"}]
    assert [request.split()[0] for request in last[3]["requests"]] == ["AlterRecording"]
    shown = sealed.run("history", "dev").out
    assert "    video-call 20001001  maxIdleTime: 5s -> 20s\n" in shown


def _leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict) and value:
        for key, each in value.items():
            yield from _leaves(each, (*at, key))
    elif isinstance(value, list) and value:
        for number, each in enumerate(value):
            yield from _leaves(each, (*at, number))
    else:
        yield at, value


def _flipped(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    copy = deepcopy(document)
    below = copy
    for key in at[:-1]:
        below = below[key]
    below[at[-1]] = value
    return copy


OTHERS: tuple[Any, ...] = (None, True, False, 0, 1, 1.0, "", "x", [], {}, "2026-11-22T12:00:01Z", "0" * 64)


@given(plans.documents(), st.data())
def test_no_leaf_can_be_another_than_the_one_that_was_sealed(plan: dict[str, Any], data: st.DataObject) -> None:
    """Times and digests of the seal included; whether a value is text, a number or nothing as well."""
    sealed = seal(plan, NOON)
    assert opened(text(sealed), "plan.json") == sealed
    at, was = data.draw(st.sampled_from(list(_leaves(sealed))))
    other = data.draw(st.sampled_from([each for each in OTHERS if json.dumps(each) != json.dumps(was)]))
    with pytest.raises((UsageError, ConflictError)):
        opened(text(_flipped(sealed, at, other)), "plan.json")


@pytest.mark.parametrize("member", ["observedAt", "expires"])
def test_a_time_of_the_seal_cannot_be_moved(member: str) -> None:
    sealed = seal(plans.review(), NOON)
    with pytest.raises(ConflictError, match="was edited after it was sealed"):
        opened(text(_flipped(sealed, ("seal", member), "2026-02-01T11:59:59Z")), "plan.json")


def test_a_plan_that_was_sealed_for_longer_than_a_day_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "GOOD_FOR", timedelta(days=365))
    forged = text(seal(plans.review(), NOON))
    monkeypatch.undo()
    with pytest.raises(ConflictError, match="expires later than any plan does"):
        opened(forged, "plan.json")


@pytest.mark.parametrize(
    ("word", "by"),
    [
        ('"tier": "production"', '"tier": "development", "tier": "production"'),
        ('"planVersion": 1', '"planVersion": Infinity'),
        ('"planVersion": 1', '"planVersion": 1' + "0" * 6000),
        ('"planVersion": 1', '"planVersion": ' + "[" * 100_000),
    ],
)
def test_what_two_readers_may_read_as_two_things_is_no_plan(word: str, by: str) -> None:
    """A name that stands twice, above all: one tool shows the first of them, the other carries out the last."""
    sealed = text(seal(plans.review(), NOON)).decode()
    assert sealed.count(word) == 1
    with pytest.raises(UsageError, match="is no plan"):
        opened(sealed.replace(word, by).encode(), "plan.json")


def test_a_sealed_plan_comes_back_from_its_file(tmp_path: Path) -> None:
    sealed = seal(plans.review(), NOON)
    (tmp_path / "plan.json").write_bytes(text(sealed))
    assert load(tmp_path / "plan.json") == read(tmp_path / "plan.json") == sealed
    assert sealed["seal"] | {"checksum": ""} == {
        "digest": digest(plans.review()),
        "observedAt": "2026-01-31T12:00:00Z",
        "expires": "2026-02-01T12:00:00Z",
        "checksum": "",
    }
    with pytest.raises(UsageError, match=r"is no plan \(No such file or directory\)"):
        read(tmp_path / "other.json")


def test_a_plan_of_another_version_is_told() -> None:
    another = text({**seal(plans.review(), NOON), "planVersion": 99})
    with pytest.raises(UsageError, match=f"has version 99 of the plan format; this tool reads {PLAN_VERSION}"):
        opened(another, "plan.json")


def test_a_digest_stays_the_same_for_ever() -> None:
    """An approval is for it, and other tools compute it: SHA-256 of compact JSON in ASCII, keys sorted, no seal."""
    plan = {"planVersion": 1, "environment": "b\u00fcro", "applications": [{"name": "call", "action": "none"}]}
    canonical = r'{"applications":[{"action":"none","name":"call"}],"environment":"b\u00fcro","planVersion":1}'
    assert digest(plan) == digest({**plan, "seal": {"digest": "x"}}) == sha256(canonical.encode()).hexdigest()


def test_a_sealed_plan_is_a_file_that_people_can_read() -> None:
    assert text({"environment": "b\u00fcro", "scope": ["a"]}).decode() == (
        '{\n  "environment": "b\u00fcro",\n  "scope": [\n    "a"\n  ]\n}\n'
    )


def changed(**change: Any) -> bytes:
    return text({**plans.review(), **change})


WRITE = "`provisioner plan ENV --out FILE` writes one."
AGAIN = "Make the plan again."


@pytest.mark.parametrize(
    ("data", "what", "fix"),
    [
        (changed(), "is a plan without a seal", WRITE),
        (b"\xff", "is no plan (UnicodeDecodeError)", WRITE),
        (b"{", "is no plan (JSONDecodeError)", WRITE),
        (b'{"a": NaN}', "is no plan (ValueError)", WRITE),
        (b"[]", "is no plan (at /)", WRITE),
        (changed(planVersion="1"), "is no plan (at /planVersion)", WRITE),
        (changed(planVersion=2), f"has version 2 of the plan format; this tool reads {PLAN_VERSION}", None),
        (changed(applications=[{}]), "is no plan (at /applications/0)", WRITE),
        (changed(seal={**plans.SEAL, "observedAt": "yesterday"}), "is no plan (at /seal/observedAt)", WRITE),
        (changed(seal=plans.SEAL), "was edited after it was sealed: its digest is another", AGAIN),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_name_and_what_to_do(
    data: bytes, what: str, fix: str | None
) -> None:
    with pytest.raises((UsageError, ConflictError)) as refused:
        opened(data, "plan.json")
    assert (refused.value.what, refused.value.where, refused.value.fix) == (what, "plan.json", fix)


def test_digest_and_checksum_must_both_be_right() -> None:
    """The one is for approvals, the other for the file: whoever forges one of them has not sealed a plan."""
    sealed = seal(plans.review(), NOON)
    forged = _flipped(sealed, ("seal", "digest"), "0" * 64)
    forged["seal"]["checksum"] = seals._checksum(forged)
    for other in (forged, _flipped(sealed, ("seal", "checksum"), "0" * 64)):
        with pytest.raises(ConflictError, match="was edited after it was sealed"):
            opened(text(other), "plan.json")


def test_a_plan_expires_a_day_after_it_was_made_and_no_second_later() -> None:
    def until(moment: str) -> bytes:
        sealed = _flipped(seal(plans.review(), NOON), ("seal", "expires"), moment)
        return text(_flipped(sealed, ("seal", "checksum"), seals._checksum(sealed)))

    assert opened(until("2026-02-01T12:00:00Z"), "plan.json")
    with pytest.raises(ConflictError) as refused:
        opened(until("2026-02-01T12:00:01Z"), "plan.json")
    assert (refused.value.what, refused.value.where, refused.value.fix) == (
        "expires later than any plan does",
        "plan.json",
        AGAIN,
    )


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.json", "No such file or directory"), (Path("\0"), "ValueError")):
        for look in (read, load):
            with pytest.raises(UsageError) as refused:
                look(path)
            assert (refused.value.what, refused.value.where) == (f"is no plan ({reason})", str(path))
            assert refused.value.fix == WRITE


def test_what_is_told_of_a_file_names_it(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(changed())
    with pytest.raises(UsageError) as refused:
        load(tmp_path / "plan.json")
    assert refused.value.where == str(tmp_path / "plan.json")
    (tmp_path / "plan.json").write_bytes(b"")
    with pytest.raises(UsageError) as refused:
        read(tmp_path / "plan.json")
    assert refused.value.where == str(tmp_path / "plan.json")


@pytest.mark.parametrize("scope", [None, [], ["call"], ["call", "room"]])
@pytest.mark.parametrize("changed", [False, True])
def test_what_a_plan_was_made_for(scope: list[str] | None, changed: bool) -> None:
    document: dict[str, Any] = {"environment": "dev", "scope": scope, **({"changed": "main"} if changed else {})}
    expected = ["dev"] if scope is None or changed else [f"dev/{name}" for name in scope]
    assert addresses(document) == expected


def test_a_moment_that_no_clock_here_can_show_is_no_plans() -> None:
    """RFC 3339 has leap seconds, Python's datetime has none."""
    sealed = seal(plans.review(), NOON)
    sealed["seal"]["observedAt"] = "2026-06-30T23:59:60Z"
    sealed["seal"]["checksum"] = seals._checksum(sealed)
    with pytest.raises(UsageError) as refused:
        opened(text(sealed), "plan.json")
    assert (refused.value.what, refused.value.where) == ("is no plan (ValueError)", "plan.json")


def test_files_of_a_run_are_for_their_owner_or_as_the_umask_says(sealed: Project) -> None:
    """What was done, and what a console holds, is nobody else's; a plan is a file like any other."""
    before = os.umask(0o027)
    try:
        assert sealed.run("plan", "dev", "--out", "new.json").code == 0
        assert sealed.run("apply", "--yes", "--plan", "new.json").code == 0
    finally:
        os.umask(before)
    state = sealed.root / ".provisioner/dev"
    private = [*state.glob("journal/*"), state / "console.sqlite"]
    assert {file.stat().st_mode & 0o777 for file in private} == {0o600}
    assert (sealed.root / "new.json").stat().st_mode & 0o777 == 0o640
