"""Rules that a team brings in a package of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.days import LATER
from tests.project import Project

Install = Callable[[Path], None]

DESK = "environments/dev/apps/support-desk.yaml"


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a folder of installed packages on the path."""
    before = set(sys.modules)
    yield monkeypatch.syspath_prepend
    for name in set(sys.modules) - before:
        if name.startswith(("acme", "team")):
            del sys.modules[name]


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example package, installed into a folder of its own."""
    target = tmp_path_factory.mktemp("site")
    source = ROOT / "examples/02-custom-rule"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "--target", target, source], check=True)
    return target


def package(folder: Path, code: str) -> Path:
    """A folder of packages with one that brings rules, as an installer leaves it."""
    folder = folder / "site"
    folder.mkdir()
    (folder / "team_rules.py").write_text(code)
    metadata = folder / "team_rules-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: team-rules\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[trtc_recording.rules]\nteam = team_rules:RULES\n")
    return folder


def rule(check: str = "lambda specs: ()", identity: str = "TEAM-1", severity: str = "Severity.ERROR") -> str:
    return (
        "from provisioner.recording.findings import Severity\n"
        "from provisioner.specs.rules.rule import Rule\n"
        f"RULES = [Rule({identity!r}, 'Title', {severity}, 'Fact.', {check})]\n"
    )


def test_the_example_is_silent_on_the_shipped_specs(project: Project, example: Path, install: Install) -> None:
    install(example)
    ran = project.run("validate")
    assert (ran.code, "ACME" in ran.out) == (0, False)


def test_the_example_finds_what_it_is_for(project: Project, example: Path, install: Install) -> None:
    install(example)
    project.edit(DESK, "mode: manual", "mode: auto")
    expected = (
        f"{DESK}:9:9: ACME-001 a support call is recorded once the customer agreed; "
        "set mode: manual and let the backend start it"
    )
    ran = project.run("validate")
    assert ran.code == 1
    assert expected in ran.out.splitlines()
    assert expected in project.run("plan", "dev").err.splitlines()


def test_a_teams_rule_can_be_waived_where_it_is_installed(project: Project, example: Path, install: Install) -> None:
    project.edit(DESK, "mode: manual", "mode: auto")
    text = (project.root / DESK).read_text()
    project.write(DESK, f'{text}waive: {{ACME-001: {{reason: pilot, owner: "@acme/legal", expires: {LATER}}}}}\n')
    ran = project.run("validate")
    assert ran.code == 1
    assert f"{DESK}:13:9: REC080 there is no rule ACME-001; is the package that brings it installed?" in ran.out
    install(example)
    ran = project.run("validate")
    assert (ran.code, "ACME" in ran.out) == (0, False)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import nowhere", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
        ("RULE = 1", "cannot be loaded: AttributeError: module 'team_rules' has no attribute 'RULES'"),
        ("raise SystemExit(0)", "cannot be loaded: SystemExit: 0"),
        ("RULES = 1", "names no Rule with a check, nor a sequence of such"),
        (rule("None"), "names no Rule with a check, nor a sequence of such"),
        (rule(identity="REC500"), 'the id "REC500" takes capitals, digits and -, a digit last, and not REC first'),
        (rule() + "RULES *= 2", "the id TEAM-1 is taken already"),
        (rule(severity="Severity.HIGH"), "TEAM-1: severity takes Severity.ERROR, MEDIUM, LOW or INFO"),
        (rule("lambda specs: 1 / 0"), "TEAM-1 failed: ZeroDivisionError: division by zero"),
        (rule("lambda specs: [1]"), "TEAM-1 failed: TypeError: "),
        (rule("lambda specs: [(1, '', '')]"), "TEAM-1 yields something that is no (subject, path, message)"),
    ],
)
def test_a_broken_package_is_named_and_stops(
    project: Project, tmp_path: Path, install: Install, code: str, reason: str
) -> None:
    install(package(tmp_path, code))
    for command in (["validate"], ["plan", "dev"]):
        ran = project.run(*command)
        assert ran.code == 1
        assert ran.err.startswith(f"the rules of team-rules (team = team_rules:RULES): {reason}")
        assert ran.err.endswith("\n  Repair the package or uninstall it; --debug shows the traceback.\n")
    assert not (project.root / ".provisioner").exists()


def test_what_a_rule_says_cannot_forge_lines(project: Project, tmp_path: Path, install: Install) -> None:
    message = "[(specs.environments[0], '', 'one\\n\\x1b[31mtwo')]"
    install(package(tmp_path, rule(f"lambda specs: {message}", severity="Severity.LOW")))
    told = project.run("validate").out.splitlines()
    assert "environments/dev/environment.yaml:1:1: TEAM-1 low: one\\u000a\\u001b[31mtwo" in told
