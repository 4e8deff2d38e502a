"""`--help` is short to wait for, shows every command, and its examples run."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from provisioner.cli.main import COMMANDS
from tests.foundation.test_ssh_signature import line, new_key
from tests.project import Project

HEAVY = ("jsonschema", "logging", "pathlib", "pulumi", "rich", "starlette", "tencentcloud", "yaml")


ONLINE = (
    *("http.client", "provisioner.reconcile", "requests", "tencentcloud", "urllib3"),
    *("concurrent.futures", "configparser", "filelock", "importlib.resources", "jinja2", "tempfile", "zoneinfo"),
    *(
        "provisioner.specs.editing",
        "provisioner.specs.documents.policy",
        "provisioner.specs.documents.promotion_record",
    ),
)
"""What `validate` needs nothing of: 9 MiB and half of its start."""


def examples(project: Project, *command: str) -> list[list[str]]:
    """The commands below "Example:" in a command's help, as arguments."""
    out = project.run(*command, "--help").out
    _, _, shown = out.partition("Example")
    commands = shown.partition("\n\n")[0].replace("\\\n", " ").splitlines()[1:]
    return [shlex.split(command)[1:] for command in commands]


def test_help_and_validate_load_no_library_that_other_commands_need() -> None:
    code = (
        "import sys; from provisioner.cli.main import run; run(['--help']);"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr);"
        f"import provisioner.cli.validate; print([name for name in {ONLINE} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n[]\n"
    assert all(f"  {name} " in ran.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_every_command_run(project: Project, name: str) -> None:
    shown = examples(project, name)
    assert shown
    if name in {"attest", "import"}:  # they tell of a console that only people can see
        project.edit("environments/prod/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    if name == "plan":
        project.commit()
    if name in {"plan", "verify"}:
        project.write("allowed_signers", line(new_key(project.root, "plan-key"), "plan-job"))
    if name in {"approvals", "report", "verify"}:
        signed = ["--sign", "plan-key"] if name == "verify" else []
        assert project.run("plan", "dev", "--out", "plan.json", *signed).code == 0
    if name == "policy":
        source = 'sources: {acme: {from: "templates/policies"}}'
        project.write("policies/vendor/sources.yaml", f"apiVersion: recording/v1\nkind: PolicySources\n{source}\n")
        assert project.run("policy", "vendor").code == 0
    project.write("applications.csv", "20001009,webinar\n")
    for arguments in shown:
        ran = project.run(*arguments)
        if "bindings/ours.yaml" in arguments:  # what somebody learned from a capture of their own
            assert (ran.code, ran.err.splitlines()[0].partition(": ")[2][:14]) == (1, "cannot be read")
            continue
        if "--forge" in arguments and name != "init":  # it needs a job of the forge's CI, and says so
            assert (ran.code, ran.err.splitlines()[0]) == (1, "GITHUB_REPOSITORY is not set")
            continue
        assert ran.code in ({0, 2, 4} if name in {"call", "coverage"} else {0, 2}), f"{arguments}: {ran.err}"
        assert arguments[0] == name


@pytest.mark.parametrize("what", ["application", "template", "environment"])
def test_the_examples_of_new_run(project: Project, what: str) -> None:
    (arguments,) = examples(project, "new", what)
    assert arguments[:2] == ["new", what]
    assert project.run(*arguments).code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_help_fits_a_terminal(project: Project, name: str) -> None:
    assert [line for line in project.run(name, "--help").out.splitlines() if len(line) > 80] == []
