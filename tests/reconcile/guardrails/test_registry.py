"""Each attack that was carried out, and each key that protects: what is said of it, and who is asked."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from provisioner.reconcile.guardrails.change import GuardrailChange
from provisioner.reconcile.guardrails.environment_keys import PROTECTS_NOTHING, WATCHED, WATCHED_OF_CONSOLE
from provisioner.reconcile.guardrails.reading import strictest_known
from provisioner.reconcile.guardrails.registry import GUARDRAILS, compare
from provisioner.recording.findings import Severity
from provisioner.specs.documents.environment import KEYS
from provisioner.specs.keys.console import ConsoleChoice
from tests.reconcile.guardrails.surface import CODEOWNERS, App, Surface

PLATFORM = ("@acme/platform",)
BASE = Surface()
FULL = BASE.with_lines(
    "limits: {maxChanges: 5, maxChangesPercent: 20}",
    "gates: {soak: 7d, evidence: 3}",
    "freeze: {weekend: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin}}",
    "ladder: [dev]",
    'hold: {reason: "rolled back", since: 2026-11-01}',
    "minimumRetention: 30d",
    "journal: s3://ours/journal",
    "evidence: callbacks",
)


def found(templates: Path, base: Surface, head: Surface) -> dict[str, GuardrailChange]:
    """Changes by guardrail; each moves once."""
    changes = compare(base.read(templates).policy, head.read(templates).policy)
    assert len({change.id for change in changes}) == len(changes), changes
    return {change.id: change for change in changes}


def who(change: GuardrailChange) -> list[tuple[tuple[str, ...], int]]:
    return [(ask.owners, ask.required) for ask in change.asks]


def test_what_did_not_change_is_not_told(templates: Path) -> None:
    assert found(templates, FULL, FULL) == {}


WEAKER = {
    "approvals": ("approvals: {required: 1, high: 2}", "approvals: {required: 0}", "required: 1, high: 2", None),
    "limits": (
        "limits: {maxChanges: 5, maxChangesPercent: 20}",
        "limits: {maxChanges: 5, maxChangesPercent: 100}",
        "maxChanges: 5, maxChangesPercent: 20",
        "maxChanges: 5, maxChangesPercent: 100",
    ),
    "gates": (
        "gates: {soak: 7d, evidence: 3}",
        "gates: {soak: 7d, evidence: 1}",
        "soak: 7d, evidence: 3",
        "soak: 7d, evidence: 1",
    ),
    "freeze": (
        "freeze: {weekend: {from: Fri 16:00, until: Mon 08:00, zone: Europe/Berlin}}",
        "",
        "weekend: minute 6720 of the week to minute 480 of the week Europe/Berlin",
        None,
    ),
    "ladder": ("ladder: [dev]", "ladder: [dev, scratch]", "dev", "dev, scratch"),
    "hold": ('hold: {reason: "rolled back", since: 2026-11-01}', "", "since 2026-11-01: rolled back", None),
    "minimumRetention": ("minimumRetention: 30d", "minimumRetention: 1d", "30d", "1d"),
    "journal": (
        "journal: s3://ours/journal",
        "journal: s3://mallorys/journal",
        "s3://ours/journal",
        "s3://mallorys/journal",
    ),
    "evidence": ("evidence: callbacks", "evidence: nowhere", "callbacks", "nowhere"),
}


@pytest.mark.parametrize("guardrail", WEAKER)
def test_a_weaker_key_alone_asks_whoever_the_base_asks(templates: Path, guardrail: str) -> None:
    old, new, before, after = WEAKER[guardrail]
    (change,) = found(templates, FULL, FULL.line(old, new)).values()
    assert (change.id, change.severity, change.before, change.after) == (guardrail, Severity.HIGH, before, after)
    assert who(change) == [(PLATFORM, 2)]


@pytest.mark.parametrize("guardrail", sorted(WEAKER.keys() - {"journal", "evidence"}))
def test_a_stronger_key_is_told_and_asks_nobody(templates: Path, guardrail: str) -> None:
    old, new, *_ = WEAKER[guardrail]
    (change,) = (
        found(templates, FULL.line(old, new), FULL).values() if new else found(templates, FULL.line(old), FULL).values()
    )
    assert (change.id, change.severity, who(change)) == (guardrail, Severity.LOW, [])


def test_a_lower_tier_takes_the_usual_limits_along(templates: Path) -> None:
    changes = found(templates, BASE, replace(BASE, tier="development"))
    assert {name: (change.before, change.after) for name, change in changes.items()} == {
        "tier": ("production", "development"),
        "limits": ("maxChangesPercent: 30 (usual in production)", None),
    }
    assert [who(change) for change in changes.values()] == [[(PLATFORM, 2)]] * 2


def test_codeowners_that_name_somebody_else_ask_all_who_lose(templates: Path) -> None:
    changes = compare(BASE.read(templates).policy, replace(BASE, codeowners=("* @mallory",)).read(templates).policy)
    assert {change.id for change in changes} == {"codeowners"}
    asked = {ask.owners: ask.required for change in changes for ask in change.asks}
    assert asked == {("@acme/platform",): 2, ("@acme/calls",): 2, ("@acme/security",): 2}
    assert all(change.severity is Severity.HIGH for change in changes)


def test_fewer_people_who_may_approve_are_stronger(templates: Path) -> None:
    wide = replace(BASE, codeowners=(CODEOWNERS[0], f"{CODEOWNERS[1]} @acme/interns", CODEOWNERS[2]))
    assert {change.severity for change in found(templates, wide, BASE).values()} == {Severity.LOW}
    assert [who(change) for change in found(templates, BASE, wide).values()] == [[(("@acme/calls",), 2), (PLATFORM, 2)]]


def test_a_line_for_files_to_come_asks_the_owners_of_codeowners(templates: Path) -> None:
    head = replace(BASE, codeowners=(*CODEOWNERS, "/.github/workflows/evil.yaml @mallory"))
    (change,) = found(templates, BASE, head).values()
    assert (change.after, who(change)) == ("/.github/workflows/evil.yaml @mallory", [(PLATFORM, 2)])


@pytest.mark.parametrize(
    ("console", "guardrail", "after"),
    [
        ("{driver: embedded}", "console.driver", "embedded"),
        ("{driver: tencent, endpoint: evil.example.com}", "console.endpoint", "evil.example.com"),
        ("{driver: tencent, binding: bindings/ours.yaml}", "console.binding", "bindings/ours.yaml"),
        ('{driver: tencent, accept: ["action:Guess"]}', "console.accept", "action:Guess"),
        ("{driver: tencent, caFile: evil.pem}", "console.caFile", "evil.pem"),
        ("{driver: tencent, callsPerSecond: 1000}", "console.callsPerSecond", "1000.0"),
        (
            "{driver: tencent, credentials: {profile: {name: mallory}}}",
            "console.credentials",
            "profile (name: mallory)",
        ),
    ],
)
def test_another_console(templates: Path, console: str, guardrail: str, after: str) -> None:
    (change,) = found(templates, BASE, replace(BASE, console=console)).values()
    assert (change.id, change.after, change.severity, who(change)) == (guardrail, after, Severity.HIGH, [(PLATFORM, 2)])


def test_writes_to_a_console_that_was_read_only(templates: Path) -> None:
    closed = replace(BASE, console="{driver: tencent, readOnly: true}")
    (change,) = found(templates, closed, BASE).values()
    assert (change.id, change.before, change.after, change.severity) == (
        "console.readOnly",
        "true",
        None,
        Severity.HIGH,
    )
    assert found(templates, BASE, closed)["console.readOnly"].severity is Severity.LOW


def test_another_site(templates: Path) -> None:
    assert who(found(templates, BASE, replace(BASE, site="cn"))["site"]) == [(PLATFORM, 2)]


CALL, DESK = BASE.apps


@pytest.mark.parametrize(
    ("apps", "guardrail", "asked"),
    [
        ((DESK,), "application-removed", [(("@acme/calls",), 2)]),
        ((replace(CALL, owner="@mallory"), DESK), "owner", [(("@acme/calls",), 2)]),
        ((replace(CALL, more="onRemove: stop-auto\n"), DESK), "onRemove", [(("@acme/calls",), 2)]),
        ((replace(CALL, key="env:TENCENTCLOUD_SECRET_KEY"), DESK), "secret-references", [(("@acme/calls",), 2)]),
        (
            (replace(CALL, file="talk"), DESK),
            "application-moved",
            [(("@acme/calls",), 2), (PLATFORM, 2)],
        ),
        (
            (replace(CALL, more="waive: {REC064: {reason: later, owner: '@mallory', expires: 2026-12-31}}\n"), DESK),
            "waivers",
            [(("@acme/calls",), 2)],
        ),
        (
            (replace(CALL, more="intent: {stop-recording: {reason: I say so, expires: 2026-12-31}}\n"), DESK),
            "application-intents",
            [(("@acme/calls",), 2)],
        ),
    ],
)
def test_an_application_that_loses_protection_asks_its_owners(
    templates: Path, apps: tuple[App, ...], guardrail: str, asked: list[tuple[tuple[str, ...], int]]
) -> None:
    change = found(templates, BASE, replace(BASE, apps=apps))[guardrail]
    assert (change.severity, who(change)) == (Severity.HIGH, asked)


def test_a_secret_reference_is_shown_by_its_name(templates: Path) -> None:
    head = replace(BASE, apps=tuple(replace(app, key="env:OTHER") for app in BASE.apps))
    changes = compare(BASE.read(templates).policy, head.read(templates).policy)
    assert [(change.before, change.after, change.applications) for change in changes] == [
        ("/recording/settings/callback/keyRef: env:REC_KEY", "/recording/settings/callback/keyRef: env:OTHER", (name,))
        for name in ("call", "desk")
    ]


def test_two_applications_that_swap_ids_ask_the_owners_of_both_files(templates: Path) -> None:
    swapped = (replace(CALL, sdk_app_id=DESK.sdk_app_id), replace(DESK, sdk_app_id=CALL.sdk_app_id))
    changes = compare(BASE.read(templates).policy, replace(BASE, apps=swapped).read(templates).policy)
    moved = [change for change in changes if change.id == "application-moved"]
    assert [dict(who(change)) for change in moved] == [{("@acme/calls",): 2, PLATFORM: 2}] * 2


def test_an_application_that_comes_from_production_asks_its_owners_there(templates: Path) -> None:
    base, head = replace(BASE, other=App(20001001, "trial")), replace(BASE, apps=(DESK,), other=App(20000101, "mine"))
    changes = compare(base.read(templates, "dev").policy, head.read(templates, "dev").policy)
    (moved,) = [change for change in changes if change.id == "application-moved"]
    assert (moved.severity, ("@acme/calls",) in dict(who(moved))) == (Severity.HIGH, True)


def test_what_jobs_run_the_lock_policies_and_records(templates: Path) -> None:
    files = (
        ("/.github/workflows/review.yaml", "2"),
        ("/.github/workflows/more.yaml", "1"),
        ("policies/more.yaml", "1"),
        ("provisioner/cli/main.py", "1"),
    )
    head = replace(BASE, files=files, lock=(("call@v1", "sha256:2"), ("call@v2", "sha256:3")))
    changes = compare(BASE.read(templates).policy, head.read(templates).policy)
    assert sorted((change.id, change.severity.value, change.after) for change in changes) == [
        ("policies", "high", "deleted: policies/https.yaml"),
        ("policies", "low", "new: policies/more.yaml"),
        ("templates.lock", "high", "call@v1 sha256:2"),
        ("templates.lock", "low", "call@v2"),
        ("tool", "high", "new: provisioner/cli/main.py"),
        ("workflows", "high", "changed: .github/workflows/review.yaml"),
        ("workflows", "high", "new: .github/workflows/more.yaml"),
    ]
    asked = {ask.owners for change in changes if change.id == "workflows" for ask in change.asks}
    assert asked == {("@acme/security",)}


def test_an_environment_that_is_taken_away_asks_its_owners_in_the_plan_of_another(templates: Path) -> None:
    base = replace(BASE, other=App(20001001, "trial"))
    changes = compare(base.read(templates, "dev").policy, replace(base, there=False).read(templates, "dev").policy)
    assert [(change.id, change.severity, who(change)) for change in changes] == [
        ("environment-removed", Severity.HIGH, [(PLATFORM, 2)])
    ]


def test_what_nobody_owns_nobody_can_give_away(templates: Path) -> None:
    unowned = replace(BASE, codeowners=("/environments/*/apps/ @acme/calls",))
    (change,) = found(templates, unowned, unowned.line("approvals: {required: 1, high: 2}")).values()
    assert who(change) == [((), 2)]


def test_production_asks_one_even_where_it_asked_nobody(templates: Path) -> None:
    base = replace(BASE, lines=("limits: {maxChanges: 1}",))
    assert who(found(templates, base, replace(base, lines=()))["limits"]) == [(PLATFORM, 1)]


def test_elsewhere_a_weakening_is_medium_and_asks_as_the_environment_does(templates: Path) -> None:
    base = replace(BASE, tier="staging", lines=("approvals: {high: 1}", "gates: {soak: 7d}"))
    (change,) = found(templates, base, base.line("gates: {soak: 7d}")).values()
    assert (change.severity, who(change)) == (Severity.MEDIUM, [])


def test_teams_of_the_base_are_asked_about_every_weakening(templates: Path) -> None:
    base = replace(BASE, lines=('approvals: {required: 1, teams: ["@acme/sre"]}',))
    (change,) = found(templates, base, replace(base, lines=("approvals: {required: 1}",))).values()
    assert who(change) == [(PLATFORM, 1), (("@acme/sre",), 1)]


def test_a_base_that_is_broken_first_and_repaired_weaker_then(templates: Path) -> None:
    before, base, head = BASE, replace(BASE, broken=True), BASE.line("approvals: {required: 1, high: 2}")
    known = strictest_known(surface.read(templates) for surface in (base, before))
    assert known.broken.startswith("environments/prod/environment.yaml:4:")
    assert known.commit == before.read(templates).commit
    changes = [change for policy in known.policies for change in compare(policy, head.read(templates).policy)]
    high = dict.fromkeys(change for change in changes if change.severity is Severity.HIGH)
    assert [(change.id, who(change)) for change in high] == [("approvals", [(PLATFORM, 2)])]


def test_an_environment_that_went_and_comes_again_is_held_to_what_it_was(templates: Path) -> None:
    gone, head = replace(BASE, there=False), BASE.line("approvals: {required: 1, high: 2}")
    known = strictest_known(surface.read(templates) for surface in (gone, BASE))
    assert known.broken == "it has no environment prod"
    assert "approvals" in {change.id for change in compare(known.policy, head.read(templates).policy)}


def test_a_new_environment_asks_the_owners_that_the_base_has_for_it(templates: Path) -> None:
    known = strictest_known(iter([replace(BASE, there=False).read(templates)]))
    assert known.commit
    changes = compare(known.policy, BASE.read(templates).policy)
    added = next(change for change in changes if change.id == "environment-added")
    assert (added.severity, who(added)) == (Severity.HIGH, [(PLATFORM, 2)])


def test_every_key_of_an_environment_is_watched_or_protects_nothing() -> None:
    """A new key of environment.yaml needs an entry in guardrails/environment_keys.py."""
    assert set(KEYS) - PROTECTS_NOTHING == WATCHED
    assert {member.name for member in fields(ConsoleChoice)} == WATCHED_OF_CONSOLE
    assert len(GUARDRAILS) == len({*GUARDRAILS})
