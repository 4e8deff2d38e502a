"""What people look at all day, as they see it."""

from __future__ import annotations

from hypothesis import given
from syrupy.assertion import SnapshotAssertion

from provisioner.foundation.text_safety import printable
from provisioner.report.plan.comment import render_comment
from provisioner.report.plan.plan_view import read_plan
from provisioner.report.plan.terminal import render_drift, render_plan, render_plans
from provisioner.report.text.columns import room
from provisioner.report.text.moments import minute
from tests.project import Project
from tests.report import plans


def test_a_change_of_every_kind(snapshot: SnapshotAssertion) -> None:
    intent = {"reason": "moved to REST", "expires": "2026-12-31", "origin": plans.place("apps/b.yaml", 14, 3)}
    stop = plans.finding("stop-recording", "high", plans.STOPS, plans.MODE, acknowledged=intent)
    longer = plans.change(plans.IDLE, "5s", "1m", "template", "drift", layer="template")
    found = plans.plan(
        plans.stop("classroom"),
        plans.app("call", longer, cost={"direction": "more", "reasons": ["longer idle time, charged as sound"]}),
        plans.app("desk", plans.change(plans.MODE, "auto", "manual"), findings=[stop]),
        plans.app("quiet"),
        plans.app("webinar", plans.change(plans.IDLE, None, "30s", layer="schema")),
        findings=[plans.finding("max-changes", "high", "4 applications would change, at most 3.")],
        removed=[{"name": "old", "sdkAppId": 7, "owner": "@acme/old", "onRemove": "stop-auto"}],
        unmanaged=[{"name": "trial", "sdkAppId": 8}],
    )
    assert render_plan(read_plan(found)) == snapshot


def test_what_two_environments_are_told_in_the_same_words_is_told_once() -> None:
    pages = plans.finding("REC052", "info", "Pages do not agree.")
    own = plans.finding("REC070", "low", "Files go.")
    both = [read_plan(plans.plan(plans.app("a"), environment=name, findings=[pages, own])) for name in ("dev", "prod")]
    assert (render_plans(both).count("Pages do not agree."), render_plans(both).count("Files go.")) == (1, 2)
    assert render_comment(both).count("Pages do not agree.") == 1
    assert render_plans(both, verbose=True).count("Pages do not agree.") == 2


def test_drift_says_when_it_last_was_as_specified(project: Project, snapshot: SnapshotAssertion) -> None:
    assert render_drift(read_plan(plans.outage(), plans.LAST_EQUAL)) == snapshot


def test_a_plan_tells_an_outage_before_what_it_changes(snapshot: SnapshotAssertion) -> None:
    found = plans.outage() | {"base": {"ref": "main", "commit": "0" * 40, "valid": True}, "removed": []}
    assert render_plan(read_plan(found)) == snapshot


def test_the_journal_knows_when_an_application_last_was_as_specified(project: Project) -> None:
    project.run("apply", "dev", "--yes")
    console = project.console("dev")
    template = console.application(20001001).template
    assert template is not None
    console.edit(20001001, template={**template, "MaxIdleTime": 300})
    console.edit(20001003, mode="auto", template=template)
    since = project.json("drift", "dev")["lastEqual"]
    entries = project.json("history", "dev")
    applied = next(e["at"] for e in entries if e["event"] == "applied" and e["sdkAppId"] == 20001001)
    equal = next(e["at"] for e in entries if e["event"] == "equal")
    assert since == {"video-call": applied, "support-desk": equal}
    told = project.run("drift", "dev").words
    assert told.startswith("dev on the simulated console (.provisioner/dev/console.sqlite) dev/support-desk IS being")
    assert f"As specified until at least {minute(applied)}." in told
    assert f"must not be; as specified until at least {minute(equal)}." in told
    assert told.index("HIGH recording-unwanted") < told.index("HIGH stop-recording") < told.index("LOW settings-differ")


@given(plans.documents())
def test_nothing_hostile_reaches_the_terminal_and_lines_keep_to_its_width(document: plans.Document) -> None:
    shown = render_plan(read_plan(document)) + render_drift(read_plan(document, {}))
    assert shown == "".join(f"{printable(line)}\n" for line in shown.split("\n")[:-1])
    longest = max((len(word) for word in shown.split()), default=0)
    assert all(room(line) <= max(80, 30 + 8 * longest) for line in shown.splitlines())


def many(count: int, *, file: str = "templates/call/v1.yaml", idle: str = "5s") -> list[plans.Document]:
    entries = []
    for number in range(count):
        change = plans.change(plans.IDLE, "30s", idle, "template", layer="template")
        change["origin"] = plans.place(file or f"environments/prod/apps/app-{number:03}.yaml", number + 3, 9)
        change["layer"] = "template" if file else "application"
        entries.append(plans.app(f"app-{number:03}", change, owner=f"@acme/team-{number % 3}"))
        if file:
            change["origin"] = plans.place(file, 9, 16)
    return entries


def test_one_change_of_many_is_one_block_and_verbose_lists(snapshot: SnapshotAssertion) -> None:
    warn = [plans.finding("REC061", "low", "owner is @a, but CODEOWNERS has @b", source="specs") for _ in range(500)]
    for number, finding in enumerate(warn):
        finding["origin"] = plans.place(f"environments/prod/apps/app-{number:03}.yaml", 5, 8)
    entries = many(500)
    for entry, finding in zip(entries, warn, strict=True):
        entry["findings"] = [finding]
    view = read_plan(plans.plan(*entries, plans.app("other", plans.change(plans.MODE, "auto", "manual"))))
    shown = render_plan(view)
    assert len(shown.splitlines()) <= 60
    assert shown == snapshot
    named = render_plan(view, verbose=True)
    assert all(f"~ app-{number:03}  " in named for number in range(500))
    assert named.count("REC061") == 500


def test_what_each_file_sets_for_itself_is_the_same_change(snapshot: SnapshotAssertion) -> None:
    different = many(2, file="", idle="9s")
    for number, entry in enumerate(different):
        entry["name"] = f"z-{number}"
    shown = render_plan(read_plan(plans.plan(*many(4, file=""), *different)))
    assert "~ 4 applications of 3 owners: app-000, app-001, app-002, app-003" in shown
    assert "~ 2 applications of 2 owners: z-0, z-1" in shown
    assert shown.count("30s -> 5s  template  its own file") == 1


def test_drift_of_many_is_one_block() -> None:
    shown = render_drift(read_plan(plans.plan(*many(9))))
    assert shown.count("maxIdleTime  30s -> 5s") == 1
    assert "~ 9 applications of 3 owners: app-000" in shown
