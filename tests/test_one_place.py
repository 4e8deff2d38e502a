"""One change, one place: a fake of each kind, added where its registry is, shows everywhere it must show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType

import pytest

from provisioner.report.plan import formats
from provisioner.report.plan.plan_view import PlanView
from tests.project import Project


def test_a_format_is_a_module_and_an_entry(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(plans: Sequence[PlanView]) -> str:
        return f"{', '.join(plan.environment for plan in plans)}, briefly\n"

    module = ModuleType(f"{formats.__package__}.brief")
    module.__dict__["render_brief"] = render
    monkeypatch.setitem(sys.modules, module.__name__, module)
    brief = formats.Format("brief", "a name", "txt", "brief:render_brief")
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, brief))
    for command in formats.COMMANDS:
        # A command asks the registry once, when it is imported.
        monkeypatch.delitem(sys.modules, f"provisioner.cli.{command}", raising=False)
    assert project.run("plan", "dev", "--out", "plan.json").code == 0
    for command, argument in (("plan", "dev"), ("drift", "dev"), ("report", "plan.json")):
        assert "brief" in project.run(command, "--help").words
        assert project.run(command, argument, "--format", "brief").out == "dev, briefly\n"
    assert "| `brief` | a name | `plan`, `drift`, `report` | `.txt` |  |" in formats.markdown()
