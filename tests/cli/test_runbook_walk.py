"""attest, and apply where people change the console: the whole way from "nobody knows" to "unchanged"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provisioner.console.runbook import observations
from provisioner.reconcile.intake.attest import confirmed
from provisioner.specs.documents.observation import Observation
from tests.project import Project
from tests.terminal import at_a_terminal

APP = "environments/prod/apps/video-call.yaml"
SEEN = "environments/prod/observations/video-call.yaml"


@pytest.fixture(autouse=True)
def _people(project: Project) -> None:
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")


def attest_all(project: Project) -> None:
    for name in ("classroom", "support-desk", "video-call"):
        assert project.run("attest", f"prod/{name}", "--yes", "--who", "Ada").code == 0


def test_before_anybody_looked_everything_is_unknown(project: Project) -> None:
    ran = project.run("plan", "prod", "--exit-code")
    assert ran.code == 4
    assert " fields: cannot verify: nobody has confirmed it; `provisioner attest prod/APP`" in ran.words
    assert "cannot be listed here" in ran.out
    document = project.json("plan", "prod")
    assert document["unmanaged"] is None
    assert [app["attested"] for app in document["applications"]] == [None, None, None]
    assert [app["findings"] for app in document["applications"]] == [[], [], []]  # nobody knows what would change


def test_after_everybody_looked_a_plan_says_by_whom_and_when(project: Project) -> None:
    attest_all(project)
    ran = project.run("plan", "prod", "--exit-code")
    assert ran.code == 0
    assert "compared with what Ada confirmed on " in ran.words
    assert "prod: 0 to change, 3 unchanged." in ran.out
    (call,) = [app for app in project.json("plan", "prod")["applications"] if app["name"] == "video-call"]
    assert call["attested"]["who"] == "Ada"


def test_an_old_look_counts_no_longer(project: Project) -> None:
    app = next(app for app in project.environment("prod").applications if app.name == "video-call")
    long_ago = datetime.now(UTC).replace(microsecond=0) - timedelta(days=40)
    until = long_ago + timedelta(days=30)
    seen = Observation(app.name, app.sdk_app_id, "Ada", long_ago, until, confirmed(app, {}, ()))
    observations.store(project.root, "prod", seen)
    ran = project.run("plan", "prod/video-call", "--exit-code")
    assert ran.code == 4
    assert "what Ada confirmed on" in ran.out


def test_apply_prints_the_steps_on_stdout_and_fails(project: Project) -> None:
    attest_all(project)
    project.edit(APP, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s}")
    ran = project.run("apply", "prod")
    assert ran.code == 1
    assert ran.out.startswith("# Runbook: prod\n\n**Nothing has been written.**")
    assert "| **Recording wait time (?)** | `maxIdleTime` | `5 seconds` | **`20 seconds`** |" in ran.out
    assert ran.out.count("## ") == 1  # the other applications need nobody
    assert "Nothing was written: people change this console. Applications left: 1 of 1." in ran.err
    assert project.run("apply", "prod", "--yes").out == ran.out


def test_apply_is_done_where_nobody_is_needed(project: Project) -> None:
    attest_all(project)
    ran = project.run("apply", "prod")
    assert (ran.code, ran.err) == (0, "")
    assert "prod: 0 to change, 3 unchanged." in ran.out


def test_a_secret_that_is_never_shown_keeps_nobody_busy(project: Project) -> None:
    keyed = "settings:\n  callback: {url: 'https://example.com/x', keyRef: env:REC_KEY}"
    project.edit("environments/prod/environment.yaml", "settings:", keyed)
    steps = project.run("apply", "prod/video-call").out
    assert "| Recording callback key (?) | `callback.keyRef` | unknown | `the secret behind env:REC_KEY` |" in steps
    attest_all(project)
    assert project.run("plan", "prod", "--exit-code").code == 4
    assert project.run("apply", "prod").code == 0


def test_the_gate_stands_before_the_steps(project: Project) -> None:
    attest_all(project)
    project.edit(APP, "mode: auto", "mode: manual")
    refused = project.run("apply", "prod")
    assert (refused.code, refused.out) == (1, "")
    assert "video-call: stop-recording:" in refused.err
    allowed = project.run("apply", "prod", "--allow", "stop-recording=video-call")
    assert "**Stop recording automatically.**" in allowed.out


def test_nobody_is_told_to_stop_a_recording_that_no_plan_has_seen(project: Project) -> None:
    out = project.run("apply", "prod/support-desk").out
    assert "**See that automatic recording is off.** Nobody has confirmed what this shows now." in out
    assert project.run("attest", "prod/support-desk", "--yes", "--seen", "mode=auto").code == 0
    assert "support-desk: stop-recording:" in project.run("apply", "prod/support-desk").err


def test_what_was_seen_instead_is_kept(project: Project) -> None:
    ran = project.run(
        "attest", "prod/video-call", "--yes", "--who", "Ada", "--expires", "7d",
        "--seen", "maxIdleTime=30s", "--seen", "recording.settings.formats=[hls, mp4]", "--unseen", "mixed.video.gop",
    )  # fmt: skip
    assert ran.code == 0
    kept = (project.root / SEEN).read_text()
    assert "maxIdleTime: 30s" in kept
    assert "formats: [mp4, hls]" in kept
    assert "gop" not in kept
    plan = project.run("plan", "prod/video-call", "--exit-code")
    assert plan.code == 2
    assert "mixed.video.gop: cannot verify 10s: it was not among what was confirmed" in plan.words
    again = project.run("attest", "prod/video-call", "--yes", "--who", "Ada")
    assert "5 seconds (was 30 seconds) maxIdleTime" in again.words


def test_what_the_page_never_shows_stays_unknown_and_keeps_nobody_busy(project: Project) -> None:
    attest = ("attest", "prod/video-call", "--yes", "--who", "Ada")
    assert project.run(*attest, "--unseen", "mixed.video.gop").code == 0
    assert project.run("plan", "prod/video-call", "--exit-code").code == 4
    assert project.run("apply", "prod/video-call").code == 0
    project.edit(APP, "template: call@v1", "template: call@v1\n  settings: {maxIdleTime: 20s}")
    assert "`mixed.video.gop`" not in project.run("apply", "prod/video-call").out
    code, shown = at_a_terminal(project, "yy", "apply", "prod/video-call")
    assert code == 0, shown
    assert "gop" not in (project.root / SEEN).read_text()


def test_the_same_look_writes_the_same_bytes_apart_from_its_time(project: Project) -> None:
    attest_all(project)
    first = (project.root / SEEN).read_text().splitlines()
    attest_all(project)
    second = (project.root / SEEN).read_text().splitlines()
    times = ("when:", "expires:", "digest:")
    assert [line for line in first if not line.startswith(times)] == [
        line for line in second if not line.startswith(times)
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("prod", "--yes"), "prod is an environment: nobody has looked at all of it at once"),
        (("dev/video-call", "--yes"), "dev: the driver embedded reads its console itself"),
        (("prod/video-call",), "nobody can be asked here, so nothing was written\n  Pass --yes"),
        (("prod/video-call", "--yes", "--seen", "mode=atuo"), '--seen recording.mode takes one of auto, manual, not'),
        (("prod/video-call", "--yes", "--seen", "maxIdleTime=5"), 'write the unit, such as "5s"'),
        (("prod/video-call", "--yes", "--seen", "formats=[mp4"), "--seen formats is no YAML"),
        (("prod/video-call", "--yes", "--seen", "mode"), '--seen takes PATH=VALUE, not "mode"'),
        (("prod/video-call", "--yes", "--seen", "maxIdelTime=5s"), '(did you mean "maxIdleTime"?)'),
        (("prod/video-call", "--yes", "--seen", "callback.keyRef=env:X"), '"callback.keyRef" is nothing that'),
        (("prod/video-call", "--yes", "--unseen", "enabled"), "cannot confirm anything"),
        (("prod/video-call", "--yes", "--expires", "forever"), "--expires takes 1s to 365d, not forever"),
        (("prod/video-call", "--yes", "--expires", "3"), "--expires needs a whole number and one unit"),
        (("prod/video-call", "--yes", "--who", "x" * 201), "--who takes a name of 1 to 200 characters"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_and_nothing_is_written(project: Project, arguments: tuple[str, ...], told: str) -> None:
    ran = project.run("attest", *arguments)
    assert ran.code == 1
    assert told in ran.err
    assert not (project.root / "environments/prod/observations").exists()


def test_a_broken_observation_is_repaired_by_confirming_anew(project: Project) -> None:
    attest_all(project)
    project.write(SEEN, "nonsense")
    assert f"{SEEN}:1:1: REC011 the document takes a mapping" in project.run("plan", "prod").err
    attest_all(project)
    assert project.run("plan", "prod", "--exit-code").code == 0


def test_a_walk_ends_with_a_confirmation(project: Project) -> None:
    code, shown = at_a_terminal(project, "yyyy", "apply", "prod/video-call")
    assert code == 0, shown
    assert shown.index("Switch recording on") < shown.index("Fill in the") < shown.index("Record automatically")
    assert "ada confirms that the console shows exactly this" in shown
    assert project.run("plan", "prod/video-call", "--exit-code").code == 0


def test_a_step_that_was_not_done_confirms_nothing(project: Project) -> None:
    # classroom: three steps and the confirmation; support-desk: stopped at its first; video-call: not confirmed
    code, shown = at_a_terminal(project, "yyyynyyyn", "apply", "prod")
    assert code == 3, shown
    assert "support-desk: stopped at step 1; nothing was confirmed." in shown
    assert "Applications left: 2 of 3." in shown
    assert sorted(file.name for file in (project.root / "environments/prod/observations").iterdir()) == [
        "classroom.yaml"
    ]


def test_yes_never_stands_for_done(project: Project) -> None:
    code, shown = at_a_terminal(project, "", "apply", "prod", "--yes")
    assert code == 1
    assert "# Look first: prod" in shown
    assert not (project.root / "environments/prod/observations").exists()


def test_attest_asks_at_a_terminal(project: Project) -> None:
    code, shown = at_a_terminal(project, ["nonsense"], "attest", "prod/video-call")
    assert code == 1
    assert "Type what the page shows for" in shown
    assert "you typed 'nonsense', which is not what the spec says" in shown
    assert "confirms that the console shows exactly this" not in shown
    assert not (project.root / SEEN).exists()


def test_where_nobody_has_looked_at_anything_that_comes_first(project: Project) -> None:
    ran = project.run("apply", "prod")
    assert ran.code == 1
    assert ran.out.startswith("# Look first: prod\n\n**Nothing has been written.** Nobody has confirmed")
    assert len(ran.out.splitlines()) <= 12
    assert "`provisioner attest prod --from CAPTURE.har`" in ran.out
    assert "`provisioner apply prod/classroom`" in ran.out
    assert project.run("apply", "prod/video-call").out.startswith("# Runbook: prod")
    assert project.run("attest", "prod/video-call", "--yes").code == 0
    assert project.run("apply", "prod").out.startswith("# Runbook: prod")
