"""Validation part by part finds what reading everything at once finds, however many processes read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.recording.field import Moves
from provisioner.recording.fields import find
from provisioner.recording.findings import Finding
from provisioner.specs import loading, rules, validation
from provisioner.specs.documents.document import Document, DocumentKind, read_document
from provisioner.specs.files import SpecFiles
from provisioner.specs.rules.judgement import shared
from provisioner.specs.validation import validated
from provisioner.specs.workspace import SpecErrors, Workspace
from tests.project import Project

TIERS = {"dev": "development", "prod": "production", "test": "development"}

# One id in the several ways of YAML, and ways in which it is only spoken of.
IDS = (
    "sdkAppId: {id}",
    '"sdkAppId": {id}',
    "sdkAppId:\n  {id}",
    '"sdk\\u0041ppId": {id}',
    "? sdkAppId\n: {id}",
    "sdkAppId: {id}  # sdkAppId: 20000001 was another's",
    "sdkAppId: {id}\n# sdkAppId is the console's",
    "sdkAppId: {id}\n  # 20000002",
    "sdkAppId: [{id}]",
)
STORAGES = (
    "",
    "{{storage: {{vod: {{subAppId: {sub}}}}}}}",
    "{{storage: {{vendor: cos, cos: {{region: r-1, bucket: calls-{sub}}}}}}}",
    "{{storage: {{vendor: cos, cos: {{region: r-1, \"bucket\": 'calls-{sub}'}}}}}}",
    "{{storage: {{vod: {{retention: 90d}}}}}}",
)
APPLICATION = """\
apiVersion: recording/v1
kind: Application
name: {name}
{sdk_app_id}
owner: "@acme/calls"
recording:
  enabled: {enabled}
  mode: auto
  settings: {settings}
{rest}
"""
ENVIRONMENT = """\
apiVersion: recording/v1
kind: Environment
name: {name}
tier: {tier}
site: cn
region: ap-guangzhou
console: {{driver: embedded}}
settings: {settings}
"""
OWN = "formats: [mp4], maxIdleTime: 20s, mixed: {maxUsers: 8}"
WAIVER = 'waive:\n  REC069: {reason: one bucket, owner: "@acme/calls", expires: "2026-12-31"}'


@st.composite
def trees(draw: st.DrawFn) -> dict[str, bytes]:
    """Three environments of few applications that often share an SDKAppId or a storage."""
    files: dict[str, str] = {}
    sub = st.sampled_from([1500000001, 1500000002])

    def storage(choices: Any) -> str:
        return str(draw(st.sampled_from(choices))).format(sub=draw(sub))

    for name, tier in TIERS.items():
        block = storage(STORAGES[1:3]).replace("{storage: {vod", "{storage: {vendor: vod, vod")
        files[f"environments/{name}/environment.yaml"] = ENVIRONMENT.format(name=name, tier=tier, settings=block)
        for app in draw(st.lists(st.sampled_from("abc"), unique=True)):
            own = storage(STORAGES)
            files[f"environments/{name}/apps/{app}.yaml"] = APPLICATION.format(
                name=app,
                sdk_app_id=draw(st.sampled_from(IDS)).format(id=draw(st.integers(20000001, 20000004))),
                enabled=draw(st.sampled_from(["true", "true", "false"])),
                settings=f"{{{', '.join(filter(None, [OWN, own[1:-1]]))}}}",
                rest=draw(st.sampled_from(["", "", WAIVER, "aliases: [a]"])),
            )
    return {path: text.encode() for path, text in files.items()}


def _workspace(root: Path, drafts: dict[str, bytes]) -> Workspace:
    (root / "environments").mkdir(exist_ok=True)
    for name in TIERS:
        (root / "environments" / name).mkdir(exist_ok=True)
    return Workspace(root, lambda: datetime(2026, 8, 1, tzinfo=UTC), drafts)


def _said_of(name: str, findings: list[Finding]) -> Iterator[Finding]:
    return (found for found in findings if found.environment == name)


@given(drafts=trees())
@settings(max_examples=50)
def test_one_environment_is_told_what_all_together_say_of_it(drafts: dict[str, bytes]) -> None:
    """Though hardly anything of the others is read."""
    with TemporaryDirectory() as folder:
        valid, findings = _workspace(Path(folder), drafts).validate()
        for name in TIERS:
            workspace = _workspace(Path(folder), drafts)
            if name in {environment.name for environment in valid}:
                assert list(workspace.environment(name).findings) == list(_said_of(name, findings))
                continue
            own = [found for found in findings if found.where and found.where.file.split("/")[1] == name]
            with pytest.raises(SpecErrors) as raised:
                workspace.environment(name)
            assert raised.value.findings == [found for found in own if found.stops]


@given(drafts=trees())
@settings(max_examples=20)
def test_parts_are_judged_as_the_whole_is(drafts: dict[str, bytes]) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(validation, "PART", 2)
        valid, findings = _workspace(Path(folder), drafts).validate()
        found = validated(_workspace(Path(folder), drafts))
        assert found.findings == findings
        assert found.applications == {
            environment.name: {app.sdk_app_id for app in environment.applications} for environment in valid
        }
        for name in TIERS:
            alone = validated(_workspace(Path(folder), drafts), [name])
            assert list(_said_of(name, alone.findings)) == list(_said_of(name, findings))


def test_what_environments_share_no_template_sets() -> None:
    """So that a value stands in the file of an application or of its environment, where it is looked for."""
    for path in shared(rules.RULES):
        field = find(path)
        assert field
        assert field.moves is Moves.NEVER


@pytest.mark.parametrize("threads", [0, pytest.param(1, marks=pytest.mark.long)])
def test_many_processes_find_what_one_finds(project: Project, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """Copies of this process, or new ones where it has threads."""
    monkeypatch.setattr("threading.active_count", lambda: 1 + threads)
    monkeypatch.setattr(validation, "PART", 1)
    project.edit("environments/dev/apps/video-call.yaml", "mode: auto", "mode: sometimes")
    project.write("environments/prod/apps/broken.yaml", "kind: [")
    one, many = (project.run("validate", "--jobs", jobs) for jobs in ("1", "3"))
    assert (one.code, one.out, one.err) == (many.code, many.out, many.err)
    assert one.code == 1
    assert re.search(r"mode.*sometimes", one.out)


def test_no_process_at_all_is_refused(project: Project) -> None:
    ran = project.run("validate", "--jobs", "0")
    assert (ran.code, ran.err) == (1, "--jobs takes a number from 1 on, not 0\n  1 is this process alone.\n")


def _tree(*, shared: bool, **apps: str) -> dict[str, bytes]:
    """An application of that SDKAppId's line in each environment; `shared`: all keep files in one VOD application."""
    files: dict[str, str] = {}
    for name, line in apps.items():
        sub = 1500000001 if shared else 1500000001 + len(files)
        block = f"{{storage: {{vendor: vod, vod: {{subAppId: {sub}}}}}}}"
        files[f"environments/{name}/environment.yaml"] = ENVIRONMENT.format(name=name, tier=TIERS[name], settings=block)
        files[f"environments/{name}/apps/a.yaml"] = APPLICATION.format(
            name="a", sdk_app_id=line, enabled="true", settings=f"{{{OWN}}}", rest=""
        )
    return {path: text.encode() for path, text in files.items()}


def test_a_storage_that_environments_themselves_share_is_seen(tmp_path: Path) -> None:
    drafts = _tree(shared=True, dev="sdkAppId: 20000001", prod="sdkAppId: 20000002")
    findings = _workspace(tmp_path, drafts).environment("dev").findings
    assert "VOD application 1500000001 also takes the files of prod" in "\n".join(found.message for found in findings)


@pytest.mark.parametrize("line", [line for line in IDS if "[" not in line])
def test_an_id_that_another_environment_has_stops_however_it_is_written(tmp_path: Path, line: str) -> None:
    drafts = _tree(shared=False, dev="sdkAppId: 20000001", prod=line.format(id=20000001))
    with pytest.raises(SpecErrors, match=r"REC060 sdkAppId 20000001 is also prod's a"):
        _workspace(tmp_path, drafts).environment("dev")


def test_an_id_of_another_account_is_told_where_all_are_validated(tmp_path: Path) -> None:
    """A console lists its own account's applications only, so a plan of one environment need not look."""
    drafts = _tree(shared=False, dev="sdkAppId: 20000001", prod="sdkAppId: 20000001")
    for number, name in enumerate(("dev", "prod")):
        role = f"{{driver: tencent, credentials: {{assume-role: {{roleArn: 'qcs::cam::uin/10{number}:roleName/x'}}}}}}"
        file = f"environments/{name}/environment.yaml"
        drafts[file] = drafts[file].replace(b"{driver: embedded}", role.encode())
    _workspace(tmp_path, drafts).environment("dev")
    assert "REC060" in {found.id for found in _workspace(tmp_path, drafts).validate()[1]}
    drafts = {path: text.replace(b"uin/101", b"uin/100") for path, text in drafts.items()}
    with pytest.raises(SpecErrors, match="REC060"):
        _workspace(tmp_path, drafts).environment("dev")


def test_files_that_have_nothing_in_common_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(loading, "read_document", lambda files, file, kind: _noted(read, files, file, kind))
    drafts = _tree(shared=False, dev="sdkAppId: 20000001", test="sdkAppId: 20000003")
    _workspace(tmp_path, drafts).environment("dev")
    assert read == [
        "environments/dev/environment.yaml",
        "environments/dev/apps/a.yaml",
        "environments/prod/environment.yaml",
        "environments/test/environment.yaml",
    ]


def _noted(read: list[str], files: SpecFiles, file: str, kind: DocumentKind) -> Document:
    read.append(file)
    return read_document(files, file, kind)
