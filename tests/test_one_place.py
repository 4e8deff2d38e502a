"""One change, one place: something new is registered once and shows everywhere it must.

Each test adds one of its kind to a copy of the registry that is asked for it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from provisioner.archive.files import bucket, storages
from provisioner.archive.files.bucket import BucketVendor
from provisioner.console.tencent.credentials import open_credentials
from provisioner.credentials import registry as sources
from provisioner.credentials.source import (
    Caller,
    Credentials,
    Source,
    SourceKey,
    SourceSettings,
    TokenService,
    fixed,
)
from provisioner.forge import docs_table, registry
from provisioner.forge.context import NUMBER, Context, Tokens, Variables
from provisioner.forge.forge_type import ForgeType, Limits
from provisioner.forge.port import Change, Note, Review, Status
from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.gates import GATES
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateVerdict
from provisioner.report.plan import formats
from provisioner.report.plan.plan_view import PlanView
from provisioner.simulator import fault_kinds
from provisioner.simulator.errors import ApiError
from provisioner.simulator.fault_kinds import FAULT_KINDS, Conditions, FaultKind, FaultSeconds
from provisioner.specs.keys.console import CONSOLE
from tests.conftest import ROOT
from tests.project import Project
from tests.promotion.support import settings


def imported_anew(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Commands read a registry when they are imported: the next run of each sees it as it is then."""
    for module in modules:
        monkeypatch.delitem(sys.modules, module, raising=False)


# A new format: one module, one line in provisioner/report/plan/formats.py.


def test_a_format_is_a_module_and_an_entry(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def render(plans: Sequence[PlanView]) -> str:
        return f"{', '.join(plan.environment for plan in plans)}, briefly\n"

    module = ModuleType(f"{formats.__package__}.brief")
    module.__dict__["render_brief"] = render
    monkeypatch.setitem(sys.modules, module.__name__, module)
    brief = formats.Format("brief", "a name", "txt", "brief:render_brief")
    monkeypatch.setattr(formats, "FORMATS", (*formats.FORMATS, brief))
    imported_anew(monkeypatch, *(f"provisioner.cli.{command}" for command in formats.COMMANDS))
    assert project.run("plan", "dev", "--out", "plan.json").code == 0
    for command, argument in (("plan", "dev"), ("drift", "dev"), ("report", "plan.json")):
        assert "brief" in project.run(command, "--help").words
        assert project.run(command, argument, "--format", "brief").out == "dev, briefly\n"
    assert "| `brief` | a name | `plan`, `drift`, `report` | `.txt` |  |" in formats.markdown()


# A new forge: one module that describes it, one line in provisioner/forge/registry.py.


@dataclass
class Notice:
    """A forge in memory; `notes` are those of its one change and of its issues."""

    context: Context
    tokens: Tokens
    notes: list[Note] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    def change(self, number: int) -> Change:
        return Change(number, "kim", self.context.commit)

    def change_of(self, commit: str) -> Change | None:
        return None

    def comments(self, number: int) -> Notice:
        return self

    def issues(self, title: str) -> Notice:
        return self

    def set_status(self, commit: str, status: Status) -> None:
        self.statuses.append(status)

    def reviews(self, number: int) -> Sequence[Review]:
        return ()

    def members(self, owner: str) -> frozenset[str]:
        return frozenset()

    def mine(self) -> list[Note]:
        return self.notes

    def create(self, body: str) -> Note:
        self.notes.append(Note(1, body, f"{self.context.page}/notes/1"))
        return self.notes[-1]

    def update(self, note: Note, body: str) -> None:
        raise AssertionError("there is one run")

    def remove(self, note: Note) -> None:
        raise AssertionError("there is one run")


@pytest.fixture
def notices(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """The forge "notice", registered, and what was opened of it."""
    opened: list[Notice] = []

    def context(variables: Variables) -> Context:
        number = int(variables.get("NOTICE_CHANGE", NUMBER))
        return Context(
            notice, "https://notice.example", "board", "a" * 40, number, "https://notice.example/board", "run"
        )

    def connect(job: Context, tokens: Tokens) -> Notice:
        opened.append(Notice(job, tokens))
        return opened[-1]

    notice = ForgeType(
        "notice",
        "Notice board",
        "Notice CI",
        "NOTICE_JOB",
        "NOTICE_TOKEN",
        "Ask the caretaker.",
        Limits(text=5_000, page=None, status=20),
        ("noticelib",),
        context,
        connect,
    )
    monkeypatch.setattr(registry, "FORGES", {**registry.FORGES, "notice": notice})
    imported_anew(monkeypatch, "provisioner.cli.report", "provisioner.cli.drift", "provisioner.cli.approvals")
    return opened


def test_a_new_forge_is_offered_and_explained(project: Project, notices: list[Notice]) -> None:
    for command in ("report", "drift"):
        assert "[github|gitlab|notice]" in project.run(command, "--help").words
    page = docs_table.page((ROOT / "docs/review.md").read_text("utf-8"))
    assert "| Notice board | Notice CI | `--post notice` | `NOTICE_TOKEN`, `TRTC_TEAMS_TOKEN` | 5 kB |" in page


def test_a_new_forge_is_found_by_its_job_and_asks_for_its_token(
    project: Project, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.run("plan", "prod", "--out", "plan.json")
    refused = project.run("approvals", "plan.json", "--check")
    assert "this is no job of GitHub Actions or GitLab CI or Notice CI" in refused.err
    monkeypatch.setenv("NOTICE_JOB", "true")
    monkeypatch.setenv("NOTICE_CHANGE", "7")
    refused = project.run("approvals", "plan.json", "--check")
    assert (refused.code, refused.err) == (1, "NOTICE_TOKEN is not set\n  Ask the caretaker.\n")
    monkeypatch.setenv("NOTICE_TOKEN", "c4n4ry")
    assert project.run("approvals", "plan.json", "--check", "--status").code == 1
    assert [status.about for status in notices[0].statuses] == ["0 of 2 groups have a"]
    assert notices[0].tokens.teams.reveal() == "c4n4ry"


def test_a_new_forge_gets_what_fits(
    project: Project, notices: list[Notice], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTICE_CHANGE", "7")
    monkeypatch.setenv("NOTICE_TOKEN", "c4n4ry")
    project.run("plan", "prod", "--out", "plan.json")
    ran = project.run("report", "plan.json", "--post", "notice")
    assert (ran.code, ran.err) == (0, "Comment: https://notice.example/board/notes/1\n")
    assert project.run("drift", "prod", "--post", "notice").code == 0
    (comment,), (issue,) = (opened.notes for opened in notices)
    assert "Left out for length" in comment.body
    assert all(len(note.body.encode()) <= 5_000 for note in (comment, issue))


def test_the_page_names_the_forges_that_there_are() -> None:
    text = (ROOT / "docs/review.md").read_text("utf-8")
    assert docs_table.page(text) == text, "run `make docs`"


# A new source of credentials: one module with its SOURCE, its name in provisioner/credentials/registry.py.


def test_a_new_source_of_credentials_is_in_the_schema_opened_told_by_doctor_and_documented(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(settings: SourceSettings, caller: Caller, _tokens: TokenService) -> Credentials:
        return fixed(f"AKID{settings['slot']}", caller.variable("VAULT_KEY", "Open the vault."), None)

    vault = Source(
        "vault",
        "A slot of the vault.",
        lambda settings: f"slot {settings['slot']} of the vault",
        opened,
        {"slot": SourceKey("Its number.", required=True), "shelf": SourceKey("Where it is.", default="top")},
        example="{slot: 7}",
    )
    monkeypatch.setitem(sources.SOURCES, "vault", vault)
    schema = CONSOLE.schema()["properties"]["credentials"]["properties"]["vault"]
    assert (schema["description"], schema["required"], set(schema["properties"])) == (
        "A slot of the vault.",
        ["slot"],
        {"slot", "shelf"},
    )
    assert "| `vault: {slot: 7}` | A slot of the vault |" in sources.markdown()
    choice = sources.chosen("vault", {"slot": "7"})
    assert (choice.origin, choice.settings["shelf"]) == ("slot 7 of the vault", "top")
    environment = project.environment("dev")
    environment = replace(environment, console=replace(environment.console, credentials=choice))
    caller = Caller({"VAULT_KEY": "k"}, project.root, project.root)
    assert open_credentials(environment, caller).get_credential_info() == ("AKID7", "k", None)
    with pytest.raises(ProvisionerError, match="dev has no credentials: VAULT_KEY is not set"):
        open_credentials(environment, Caller({}, project.root, project.root))


# A new fault of the simulator: one entry in provisioner/simulator/fault_kinds.py.


def test_a_new_fault_is_offered_listed_documented_and_strikes(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def worsen(call: Conditions, _seconds: float) -> None:
        call.refusal = ApiError("FailedOperation.Flooded", "The cellar is under water.")

    flood = FaultKind("flood", "`FailedOperation.Flooded`", "no", FaultSeconds.NONE, worsen)
    monkeypatch.setitem(FAULT_KINDS, "flood", flood)
    assert (
        "flood FailedOperation.Flooded (has the call taken effect? no)"
        in project.run("console", "fault", "--help").words
    )
    assert "| `flood` | `FailedOperation.Flooded` | no |" in fault_kinds.markdown()
    assert "flood" in project.run("console", "fault", "dev", "flod").err
    (fault,) = project.json("console", "fault", "dev", "flood", "--count", "1")
    assert (fault["kind"], fault["struck"]) == ("flood", 0)
    assert "FailedOperation.Flooded: The cellar is under water." in project.run("plan", "dev").err


# A new promotion gate: one module, its object in GATES of provisioner/promotion/gates/__init__.py.


def test_a_new_gate_is_asked_shown_recorded_and_can_be_passed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    tides = Gate("tides", "The tide is low.", lambda _context: GateAnswer(GateVerdict.FAIL, "high water until noon"))
    monkeypatch.setitem(GATES, "tides", tides)
    settings(project, "environments/dev/apps/video-call.yaml", "maxIdleTime: 77s")  # something has to move
    judged = json.loads(project.run("promote", "dev", "prod", "--check", "--format", "json").out)["gates"]["tides"]
    assert (judged["about"], judged["verdict"], judged["evidence"]) == (tides.about, "fail", "high water until noon")
    assert "high water until noon" in project.run("promote", "dev", "prod", "--check").out
    refused = project.run("promote", "dev", "prod", "--bypass", "tide", "--reason", "x", "--expires", "2027-01-01")
    assert 'there is no gate "tide" (did you mean "tides"?)' in refused.err


# The service's call rate: one number in provisioner/recording/limits.py.


def test_the_call_rate_is_one_number() -> None:
    told = """
import inspect
from provisioner.recording import limits
limits.CALLS_PER_SECOND = 7
from provisioner.console.tencent.limiter import Limiter
from provisioner.simulator.app import create_app
from provisioner.specs.keys.console import CONSOLE, ConsoleChoice
rate = CONSOLE.schema()["properties"]["callsPerSecond"]
default = inspect.signature(create_app).parameters["calls_per_second"].default
print(round(1 / Limiter()._interval), rate["default"], ConsoleChoice("tencent").calls_per_second, default)
print(rate["description"])
"""
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout == "7 7 7 7\nCalls of one action a second; the service allows 7.\n"


# A new storage vendor's files: a module like provisioner/archive/files/cos.py, its name in storages.py.


def test_a_new_storage_is_found_by_its_vendors_word(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = BucketVendor("vod", endpoint=lambda region: f"https://tape.{region}.example")
    monkeypatch.setattr(storages, "STORAGES", {**storages.STORAGES, "vod": partial(bucket.storage_of, tape)})
    (app, *_) = project.environment("dev").applications
    assert str(storages.storage_of(app)).startswith("VOD bucket ")
