from __future__ import annotations

import pytest

from provisioner.recording.findings import Severity
from provisioner.specs.documents.policy import Policy, read_policy
from provisioner.specs.files import SpecFiles
from provisioner.specs.yaml.reader import Malformed
from tests.project import Project

HEAD = "apiVersion: recording/v1\nkind: Policy\nname: idle\nmessage: Ask us.\nseverity: deny\n"


def policy(project: Project, text: str) -> Policy:
    project.write("policies/idle.yaml", HEAD + text)
    return read_policy(SpecFiles(project.root), "idle")


def against(project: Project, text: str) -> list[str]:
    with pytest.raises(Malformed) as told:
        policy(project, text)
    return [str(finding) for finding in told.value.findings]


def test_a_policy_is_read(project: Project) -> None:
    read = policy(project, "require: base.name == app.name\nlock: [storage.vod, maxIdleTime]\nallowWaiver: true\n")
    assert (read.id, read.severity, read.waivable, read.offline) == ("policy-idle", Severity.ERROR, True, False)
    assert read.locked == ("/recording/settings/storage/vod", "/recording/settings/maxIdleTime")
    assert read.match.wanted == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("require: app.nam == 'a'", 'policies/idle.yaml:6:14: REC100 require: the application has no "nam"'),
        (
            "require: >-\n  true &&\n    app.settings.maxIdleTime > 3",
            "policies/idle.yaml:8:30: REC100 require: > does not",
        ),
        ("lock: [storage.vod.retentoin]", 'policies/idle.yaml:6:8: REC011 lock: there is no setting "storage.vod.rete'),
        ("lock: [recording.mode]", 'there is no setting "recording.mode"'),
        (
            "match: {tier: [prod]}\nrequire: 'true'",
            'REC011 match.tier.0 takes one of development, staging, production, not "',
        ),
        ("match: {teir: [production]}\nrequire: 'true'", 'REC010 match has no key "teir" (did you mean "tier"?)'),
        ("match: {tier: production}\nrequire: 'true'", 'match.tier takes a list, not "production"'),
        ("description: x", "policies/idle.yaml:1:1: REC012 a policy needs the key require, or lock"),
        ("require: true", "require takes text, not true"),
        ("require: 'true'\ncases: {a: {expect: maybe}}", "takes one of pass, fail, undecided, no-match"),
        (
            "require: 'true'\ncases: {a: {expect: pass, app: {recording: {settings: {maxIdelTime: 5s}}}}}",
            'cases.a.app.recording.settings has no key "maxIdelTime" (did you mean "maxIdleTime"?)',
        ),
        (
            "require: 'true'\ncases: {a: {expect: pass, base: {recording: {settings: {maxIdleTime: 1s}}}}}",
            "REC011 recording.settings.maxIdleTime takes 5s to 24h, not 1s",
        ),
    ],
)
def test_mistakes_have_their_place(project: Project, text: str, told: str) -> None:
    assert any(told in line for line in against(project, text)), against(project, text)


def test_the_name_is_the_files(project: Project) -> None:
    project.write("policies/other.yaml", HEAD + "require: 'true'\n")
    found = [str(finding) for finding in SpecFiles(project.root).policies().findings]
    assert found == []
    with pytest.raises(Malformed, match='name is "idle", but its file is called other'):
        read_policy(SpecFiles(project.root), "other")
