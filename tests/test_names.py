"""Test files are named after what they test and lie in the mirrored folder; what reaches across says why."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT

ACROSS = {
    "tests/browser/": "the simulated console in a real browser, and what its capture teaches",
    "tests/editor/": "the schemas inside other people's editors and hooks",
    "tests/engine/": "the real Pulumi engine, by what a user does with it",
    "tests/controller/test_laws.py": "the laws of the controller, whatever is told, lost and killed",
    "tests/controller/test_situations.py": "the twelve situations of recording by API",
    "tests/cli/test_hostile_environment.py": "what a machine does to any command",
    "tests/cli/test_live_call.py": "console call --controller, from a call to its evidence",
    "tests/deploy/test_ci_run.py": ".ci/run, which is no module",
    "tests/deploy/test_hooks.py": "the hooks that .pre-commit-hooks.yaml offers to other repositories",
    "tests/deploy/test_s3_backend.py": "two machines that share a bucket",
    "tests/deploy/test_wheel.py": "the wheel alone, by what a user does with it",
    "tests/deploy/test_workflows.py": "the jobs that init writes, step by step against a fake forge",
    "tests/docs/test_on_call.py": "docs/on-call.md, from the click to the repair",
    "tests/docs/test_pages.py": "what every page names is there",
    "tests/forge/test_checklist_issue.py": "`apply --post` in a job of both forges",
    "tests/forge/test_coverage_issue.py": "`coverage --post` in a job of both forges",
    "tests/forge/test_drift_issue.py": "drift --post in a job of both forges",
    "tests/forge/test_report_post.py": "report --post in a job of both forges",
    "tests/promotion/test_end_to_end.py": "from an edit in dev to production and back",
    "tests/promotion/test_laws.py": "laws of a promotion as a whole",
    "tests/provider/test_foreign.py": "programs without specs, through every call of the servicer",
    "tests/provider/test_runbook.py": "Pulumi where people change the console",
    "tests/forge/test_settings.py": "doctor --forge over both forges",
    "tests/reconcile/guardrails/test_laws.py": "the law of guardrails, over edits of the whole policy surface",
    "tests/reconcile/test_convergence.py": "the law that after an apply nothing differs",
    "tests/reconcile/test_faults.py": "what goes wrong around an apply, from plan to journal",
    "tests/reconcile/test_kill.py": "a kill at any step of plan and apply",
    "tests/reconcile/test_lost_answers.py": "writes whose answer is lost, over every driver",
    "tests/report/test_redaction.py": "no secret in any form of any report",
    "tests/simulator/test_durability.py": "processes that share the state file and are killed",
    "tests/specs/test_fuzz.py": "any bytes in any file",
    "tests/specs/test_messages.py": "every message that reading can give",
    "tests/test_docstrings.py": "what ruff is told to pass over",
    "tests/test_floors.py": "tests/floors.py, with which `make test` measures the safety core",
    "tests/test_house.py": "house rules that no linter knows",
    "tests/test_mutants.py": "tests/mutants.py, which tries changes of the safety core",
    "tests/test_names.py": "this test",
    "tests/test_one_place.py": "something new of each kind shows everywhere it must",
}
"""Files (or whole folders, with a slash) that test no single module."""

FILES = [file.relative_to(ROOT) for file in sorted((ROOT / "tests").rglob("test_*.py"))]


def candidates(room: str, name: str) -> list[str]:
    """What a test file in the folder `room` below tests/ may be named after."""
    modules = [f"provisioner/{room}/{name}{end}" for end in (".py", "_.py", "/__init__.py")]
    beside = [f"{room}/{name}{end}" for end in (".py", ".md", "")] + [f"{room}/{name.upper()}.md"]
    numbered = [f"{room}/{example.name}" for example in (ROOT / room).glob(f"[0-9]*-{name.replace('_', '-')}")]
    itself = [f"provisioner/{room}/__init__.py"] if room.rpartition("/")[2] == name else []
    at_the_root = [f"provisioner/{name}.py", f"{name.upper()}.md", name.capitalize()] if room == "." else []
    return [*modules, *beside, *numbered, *itself, *at_the_root]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_test_file_is_named_after_what_it_tests(file: object) -> None:
    path = str(file)
    room, _, name = path.removeprefix("tests/").rpartition("/")
    known = candidates(room or ".", name.removeprefix("test_").removesuffix(".py"))
    named = any((ROOT / candidate).exists() for candidate in known)
    excused = any(path == entry or (entry.endswith("/") and path.startswith(entry)) for entry in ACROSS)
    assert named != excused, f"{path}: name it after a module ({', '.join(known)}) or say in ACROSS why not"


def test_every_exception_is_needed() -> None:
    assert [entry for entry in ACROSS if not any(str(file).startswith(entry) for file in FILES)] == []
