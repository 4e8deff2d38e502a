"""The make targets around Pulumi: which engine runs, with which settings, and what is said about it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.foundation.clock import system_clock
from provisioner.provider import cli_install
from provisioner.provider.local_run import pulumi_environment
from provisioner.provider.tokens import RESOURCE
from provisioner.reconcile.plan.seal import seal, text
from tests import fork_server

PULUMI = Path("/opt/bin/pulumi")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "environments/dev").mkdir(parents=True)
    (tmp_path / "environments/dev/environment.yaml").touch()
    (tmp_path / "bin").mkdir()
    return tmp_path


def install_fake_pulumi(project: Path, exit_code: int = 0) -> None:
    pulumi = project / "bin/pulumi"
    pulumi.write_text(
        "#!/bin/sh\n"
        f'[ "$1" = version ] && echo v{cli_install.VERSION} && exit\n'
        'echo "$* on $PULUMI_BACKEND_URL"\n'
        f"exit {exit_code}\n"
    )
    pulumi.chmod(0o755)


def local_run(project: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": str(project / "bin"),
        "XDG_CACHE_HOME": str(project / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "https_proxy": "http://127.0.0.1:1",  # nothing can be downloaded
        **variables,
    }
    return fork_server.run("-m", "provisioner.provider.local_run", *arguments, cwd=project, env=environment)


def test_a_local_run_brings_its_own_backend_and_passphrase() -> None:
    settings = pulumi_environment({"PATH": "/usr/bin"}, PULUMI)
    assert settings["PULUMI_BACKEND_URL"] == (Path.cwd() / ".pulumi-state").as_uri()
    assert settings["PULUMI_CONFIG_PASSPHRASE"] == "dev"
    assert settings["PULUMI_RUN_PROGRAM"] == "true"
    assert settings["PULUMI_SKIP_CHECKPOINTS"] == "true"


def test_the_engine_finds_its_own_language_host_first_and_ours_where_there_is_none(project: Path) -> None:
    ours = Path(cli_install.__file__).with_name("language_host")
    empty = {"PATH": str(project / "bin")}
    assert pulumi_environment(empty, PULUMI)["PATH"].split(os.pathsep) == ["/opt/bin", empty["PATH"], str(ours)]
    host = project / "bin/pulumi-language-python"
    host.touch(mode=0o755)
    assert pulumi_environment(empty, PULUMI)["PATH"].split(os.pathsep) == ["/opt/bin", empty["PATH"]]


def test_taking_a_stack_away_asks_no_spec() -> None:
    assert pulumi_environment({}, PULUMI, "down")["PULUMI_RUN_PROGRAM"] == "false"


@pytest.mark.parametrize(
    "own",
    [
        {"PULUMI_BACKEND_URL": "s3://state"},
        {"PULUMI_CONFIG_PASSPHRASE_FILE": "passphrase.txt"},
    ],
)
def test_the_default_passphrase_stays_away_from_what_the_caller_brings(own: dict[str, str]) -> None:
    settings = pulumi_environment(own, PULUMI)
    assert "PULUMI_CONFIG_PASSPHRASE" not in settings
    assert own.items() <= settings.items()


def test_the_callers_settings_win() -> None:
    own = {"PULUMI_CONFIG_PASSPHRASE": "secret", "PULUMI_RUN_PROGRAM": "false", "PULUMI_SKIP_CHECKPOINTS": "false"}
    assert own.items() <= pulumi_environment(own, PULUMI).items()


def test_pulumi_runs_where_there_is_one(project: Path) -> None:
    install_fake_pulumi(project)
    result = local_run(project, "up", "dev")
    backend = (project / ".pulumi-state").as_uri()
    assert result.stdout.splitlines() == [
        f"stack select --create dev on {backend}",
        f"up --yes --stack dev on {backend}",
    ]
    assert result.stderr == f"Engine: Pulumi, {project}/bin/pulumi\n"
    assert (project / ".pulumi-state").is_dir()


def test_a_run_goes_on_after_an_engine_that_was_killed(project: Path) -> None:
    install_fake_pulumi(project)
    with subprocess.Popen(["true"]) as killed:
        killed.wait()
    lock = project / ".pulumi-state/.pulumi/locks/organization/trtc-recording/dev/3f0c.json"
    lock.parent.mkdir(parents=True)
    lock.write_text(json.dumps({"pid": killed.pid, "hostname": socket.gethostname()}), "utf-8")
    told = f"Process {killed.pid}, which had locked the stack, was killed: its lock is removed."
    assert told not in local_run(project, "up", "dev", PULUMI_BACKEND_URL="file:///elsewhere").stderr
    assert told in local_run(project, "up", "dev").stderr
    assert not lock.exists()


def test_the_exit_code_is_pulumis(project: Path) -> None:
    install_fake_pulumi(project, exit_code=7)
    assert local_run(project, "preview", "dev").returncode == 7


def test_down_without_a_cli_has_nothing_to_do(project: Path) -> None:
    result = local_run(project, "down", "dev")
    assert result.returncode == 0
    assert len(result.stderr.splitlines()) == 2
    assert "Nothing is to be torn down" in result.stderr


def test_a_reviewed_plan_is_what_is_carried_out_without_a_cli_too(project: Path) -> None:
    result = local_run(project, "up", "dev", TRTC_PLAN="reviewed.json")
    assert result.returncode == 1
    assert "`provisioner apply --plan reviewed.json` carries the change out instead." in result.stderr
    assert "reviewed.json: is no plan" in result.stderr


def test_a_reviewed_plan_of_what_changed_names_its_applications(project: Path) -> None:
    install_fake_pulumi(project)
    plan = {"planVersion": 1, "environment": "dev", "tier": "development", "site": "intl", "console": "x"}
    plan |= {"scope": ["call"], "base": {"ref": "main", "commit": "0" * 40, "valid": True}, "guardrails": None}
    plan |= {"changed": {"of": 9, "everything": ""}, "specDigest": "0" * 64, "observationDigest": "0" * 64}
    gone = {"name": "gone", "sdkAppId": 5, "owner": "@acme", "onRemove": "retain"}
    plan |= {"findings": [], "applications": [], "removed": [gone], "unmanaged": None}
    plan |= {"totals": {"change": 0, "unchanged": 0, "cannotVerify": 0}}
    (project / "plan.json").write_bytes(text(seal(plan, system_clock())))
    result = local_run(project, "up", "dev", TRTC_PLAN="plan.json")
    line = next(line for line in result.stdout.splitlines() if line.startswith("up "))
    urns = [
        f"urn:pulumi:dev::*::{kind}"
        for kind in ("pulumi:providers:trtc::dev", f"{RESOURCE}::call", f"{RESOURCE}::gone")
    ]
    assert " ".join(f"--target {urn}" for urn in urns) in line


def test_a_typing_error_makes_no_stack(project: Path) -> None:
    install_fake_pulumi(project)
    result = local_run(project, "up", "deb")
    assert result.returncode != 0
    assert result.stdout == ""
    assert "'deb'" in result.stderr
