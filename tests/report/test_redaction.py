"""Nothing that is secret gets into any form, wherever it stands."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS
from provisioner.report.plan.formats import formats_of
from provisioner.report.plan.plan_view import read_plan
from tests.project import Project
from tests.report.plans import app, change, plan

CANARY = "c4n4ry"
VIEWS = formats_of("report")
"""All formats but the plan document, which names references to secrets."""
SECRETS = sorted(path for path, field in FIELDS.items() if field.secret and "*" not in path)
COS = (
    "vendor: cos, cos: {region: ap-singapore, bucket: b-1, "
    "accessKeyRef: 'env:STORE_ACCESS', secretKeyRef: 'env:STORE_SECRET'}"
)


@given(
    st.sampled_from([*SECRETS, "/recording/settings/unheardOf"]),
    st.sampled_from([CANARY, f"env:{CANARY}", [CANARY], None]),
    st.sampled_from([CANARY, f"file:{CANARY}\n", f"vault:{CANARY}", None]),
)
def test_no_form_shows_a_secret_field(path: str, before: object, after: object) -> None:
    unseen = [{"path": path, "after": after, "reason": "never shown"}]
    view = read_plan(plan(app("a", change(path, before, after), cannotVerify=unseen)))
    for name, form in VIEWS.items():
        assert CANARY not in form.render([view]), name


@pytest.mark.parametrize("form", ["text", "markdown", "html"])
def test_where_a_secret_was_and_is_kept_is_shown(form: str) -> None:
    """By name, because somebody has to approve it: from an old place to a new one, and to none."""
    (one, other) = "/recording/settings/callback/keyRef", "/recording/settings/storage/cos/secretKeyRef"
    unseen = [
        {"path": one, "before": "env:OLD_KEY", "after": "file:run/new", "reason": "never shown"},
        {"path": other, "before": "env:GONE_KEY", "after": None, "reason": "never shown"},
    ]
    shown = VIEWS[form].render([read_plan(plan(app("a", cannotVerify=unseen)))])
    assert all(name in shown for name in ("env:OLD_KEY", "file:run/new", "env:GONE_KEY"))


def test_another_reference_is_told_and_approved_in_production(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No console shows that anything changed; the change's own line of the plan does, and owners of the file agree."""
    prod = "environments/prod/environment.yaml"
    callback = "callback: {url: 'https://hooks.example.com/r', keyRef: env:CALLBACK_KEY}"
    project.edit(prod, "settings:\n", f"settings:\n  {callback}\n")
    _committed(project)
    monkeypatch.setenv("CALLBACK_KEY", CANARY)
    assert project.run("apply", "prod", "--yes", "--allow", "max-changes").code == 0
    project.edit(prod, "keyRef: env:CALLBACK_KEY", "keyRef: env:MALLORYS_KEY")
    ran = project.run("plan", "prod", "--base", "main", "--out", "plan.json")
    moved = "callback.keyRef: cannot verify env:CALLBACK_KEY -> env:MALLORYS_KEY"
    assert (ran.code, moved in ran.words) == (0, True)
    told = project.json("approvals", "plan.json")["approvals"]
    assert [each["owners"] for each in told if "secret-references" in each["guardrails"]] == [["@acme/platform"]]
    offline = project.run("report", "prod", "--specs-only", "--base", "main")
    assert "env:MALLORYS_KEY" in offline.out


def test_canaries_everywhere_reach_no_form(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens and keys in the environment, and a console that shows more than anybody knows.

    A reference's name is shown where it changes, because somebody has to approve it; what it stands for never is.
    """
    tokens = ("GITHUB_TOKEN", "GITLAB_TOKEN", "TRTC_TEAMS_TOKEN", "AWS_SECRET_ACCESS_KEY")
    for name in (*tokens, "STORE_ACCESS", "STORE_SECRET", "CALLBACK_KEY", "REC_KEY"):
        monkeypatch.setenv(name, CANARY)
    _committed(project)
    _chatty(project)
    dev = "environments/dev/environment.yaml"
    project.edit(dev, "vendor: vod, vod: {subAppId: 1500000010, retention: 7d}", COS)
    callback = "  callback: {url: 'https://hooks.example.com/r', keyRef: 'env:CALLBACK_KEY'}\n"
    project.write(dev, (project.root / dev).read_text("utf-8") + callback)
    assert project.run("plan", "dev", "--base", "main", "--out", "plan.json").code == 0
    shown = {form: project.run("report", "plan.json", "--format", form) for form in VIEWS}
    offline = ("report", "dev", "--specs-only", "--base", "main", "--format")
    shown |= {f"{form}, specs only": project.run(*offline, form) for form in VIEWS}
    for command in ("plan", "drift"):
        shown |= {
            f"{command} {form}": project.run(command, "dev", "--format", form) for form in VIEWS.keys() - {"json"}
        }
    assert "env:STORE_ACCESS" in shown["text"].out
    for form, ran in shown.items():
        assert ran.code == 0, form
        assert CANARY not in (ran.out + ran.err).lower(), form


def _committed(project: Project) -> None:
    project.write(".gitignore", ".provisioner/\n")
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "base"]):
        name = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        subprocess.run(["git", *name, *arguments], cwd=project.root, check=True)
    assert project.run("apply", "dev", "--yes").code == 0


def _chatty(project: Project) -> None:
    """The console answers more than anybody asked for, some of it under names that nobody knows."""
    with project.console("dev") as console:
        template = console.application(20001001).template
        assert template is not None
        more = {"Unheard": CANARY, "SecretKey": CANARY, "CallbackKey": CANARY, "MaxIdleTime": 300}
        console.edit(20001001, template={**template, **more})
