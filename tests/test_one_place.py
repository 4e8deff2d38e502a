"""One change, one place: something new is registered once and shows everywhere it must.

Each test adds one of its kind to a copy of the registry that is asked for it, or, where modules read a registry as they
are imported, to a copy of the whole package that runs in a process of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from provisioner.archive.files import storages as listers
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
from provisioner.forge import registry
from provisioner.forge.context import NUMBER, Context, Tokens, Variables
from provisioner.forge.forge_type import ForgeType, Limits
from provisioner.forge.port import Change, Note, Review, SettingCheck, Status
from provisioner.foundation.errors import ProvisionerError
from provisioner.promotion.gates import GATES
from provisioner.promotion.gates.gate import Gate, GateAnswer, GateVerdict
from provisioner.reconcile.plan import document as plan_document
from provisioner.recording.storages import STORAGES
from provisioner.report.plan import formats
from provisioner.report.plan.plan_view import PlanView
from provisioner.simulator import fault_kinds
from provisioner.simulator.errors import ApiError
from provisioner.simulator.fault_kinds import FAULT_KINDS, Conditions, FaultKind, FaultSeconds
from provisioner.specs.keys.console import CONSOLE
from tests.conftest import ROOT
from tests.project import Project
from tests.promotion.support import settings

_ASKED = """
import json, sys
from click.testing import CliRunner
from provisioner.cli.main import run
for line in sys.stdin:
    with CliRunner().isolation() as streams:
        run(json.loads(line))
        shown = streams[0].getvalue() + streams[1].getvalue()
    print(json.dumps(shown.decode()), flush=True)
"""


@dataclass
class House:
    """A copy of the package with the project that ships beside it, for tests to edit."""

    root: Path
    _asked: subprocess.Popen[str] | None = None

    def insert(self, module: str, before: str, text: str) -> None:
        """Put `text` into a module of the package, before the only line that begins with `before`."""
        file = self.root / "provisioner" / module
        lines = file.read_text("utf-8").splitlines(keepends=True)
        (at,) = (number for number, line in enumerate(lines) if line.startswith(before))
        lines.insert(at, text)
        file.write_text("".join(lines), "utf-8")
        self.close()

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace what stands exactly once in a file."""
        text = (self.root / file).read_text("utf-8")
        assert text.count(old) == 1, (file, old, text.count(old))
        (self.root / file).write_text(text.replace(old, new), "utf-8")
        if file.startswith("provisioner/"):
            self.close()

    def python(self, *arguments: str) -> str:
        """What Python prints in the copy."""
        command = [sys.executable, *arguments]
        ran = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def run(self, *arguments: str) -> str:
        """What a command prints, in one line, whatever its exit code is. One process runs all until code changes."""
        if self._asked is None:
            command = [sys.executable, "-c", _ASKED]
            pipe = subprocess.PIPE
            self._asked = subprocess.Popen(command, cwd=self.root, stdin=pipe, stdout=pipe, text=True, encoding="utf-8")
        assert self._asked.stdin
        assert self._asked.stdout
        self._asked.stdin.write(json.dumps(arguments) + "\n")
        self._asked.stdin.flush()
        return " ".join(json.loads(self._asked.stdout.readline()).split())

    def close(self) -> None:
        """End the process that runs commands: the next one sees the code as it is then."""
        if self._asked:
            with self._asked as ended:
                assert ended.stdin
                ended.stdin.close()
            self._asked = None

    def schemas(self) -> dict[str, Any]:
        """The committed schemas as `make docs` writes them now."""
        folder = self.root / "provisioner/specs/schema"
        self.python("-m", "provisioner.specs.schema.generation", str(folder))
        return {file.stem: json.loads(file.read_text("utf-8")) for file in folder.glob("*.json")}

    def rules(self) -> str:
        """docs/rules.md as `make docs` writes it now."""
        self.python("-m", "provisioner.specs.rules.docs_page", "rules.md")
        return (self.root / "rules.md").read_text("utf-8")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    for folder in ("provisioner", "environments", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    house = House(tmp_path)
    yield house
    house.close()


# A new setting: one entry in provisioner/recording/catalogue/.


def test_a_new_setting_shows_in_schemas_explain_and_every_console(house: House) -> None:
    wire = 'wire=Wire("RecordParams.Loudness", numbered("loud", "soft"))'
    entry = f'Field("/loudness", Word(("loud", "soft")), "How loud it is.", GUIDE, default="soft", {wire}),'
    house.replace("provisioner/recording/catalogue/recorded.py", "RECORDED = (\n", f"RECORDED = (\n    {entry}\n")
    house.replace("templates/call/v1.yaml", "settings:\n", "settings:\n  loudness: loud\n")
    schemas = house.schemas()
    assert schemas["template"]["properties"]["settings"]["properties"]["loudness"]["enum"] == ["loud", "soft", None]
    effective = schemas["effective"]["properties"]["recording"]["properties"]["settings"]["properties"]["loudness"]
    assert (effective["default"], effective["x-promote"]) == ("soft", True)
    told = house.run("explain", "dev/video-call", "loudness")
    assert "How loud it is." in told
    assert "templates/call/v1.yaml" in told
    assert "RecordParams.Loudness" in told
    planned = json.loads(house.run("plan", "dev", "--format", "json"))
    (call,) = (app for app in planned["applications"] if app["name"] == "video-call")
    (change,) = (change for change in call["changes"] if change["path"] == "/recording/settings/loudness")
    assert change["after"] == "loud"
    assert "applied video-call" in house.run("apply", "dev/video-call", "--yes")
    held = house.run("console", "show", "dev/video-call")
    assert "loudness loud" in held, held
    assert "loudness" not in house.run("plan", "dev/video-call")
    house.replace("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    assert "| loudness (?) | `loudness` | unknown | `loud` |" in house.run("apply", "dev/video-call", "--yes")
    house.replace("environments/dev/environment.yaml", "{driver: runbook}", "{driver: embedded}")
    assert "loudness: loud" in house.run("render", "dev/video-call")
    policies = house.root / "policies"
    policies.mkdir()
    head = "apiVersion: recording/v1\nkind: Policy\nname: loud\nmessage: Too loud.\nseverity: warn\n"
    (policies / "loud.yaml").write_text(f"{head}require: app.settings.loudness == 'soft'\n", "utf-8")
    assert "policy-loud medium: Too loud." in house.run("validate", "dev")
    (policies / "loud.yaml").write_text(f"{head}require: app.settings.loudnes == 'soft'\n", "utf-8")
    assert 'settings has no "loudnes" (did you mean "loudness"?)' in house.run("validate", "dev")
    (policies / "loud.yaml").unlink()
    house.replace("templates/call/v1.yaml", "loudness: loud", "loudness: lout")
    assert 'takes one of loud, soft, not "lout" (did you mean "loud"?)' in house.run("validate", "dev")


# A new offline rule: one entry in its subject's module in provisioner/specs/rules/.


def test_a_new_rule_is_checked_and_documented(house: House) -> None:
    module = "specs/rules/identity.py"
    rule = (
        'Rule("REC099", "Names are short", Severity.LOW, "Policy: a test.", '
        "each(lambda app: [('/name', f'{app.name} is long')] if len(app.name) > 9 else ()), waivable=True),"
    )
    house.replace(f"provisioner/{module}", "\nRULES = (\n", f"\nRULES = (\n    {rule}\n")
    house.insert(module, "from provisioner.specs.rules.rule", "from provisioner.specs.rules.rule import each\n")
    assert "REC099 low: video-call is long" in house.run("validate", "dev")
    assert "### REC099\n\n**Names are short** (low, can be waived)\n\nPolicy: a test." in house.rules()


# A new key of environment.yaml: one module in provisioner/specs/keys/, one line in Environment.


def test_a_new_key_of_environment_yaml_is_described_checked_and_read(house: House) -> None:
    (house.root / "provisioner/specs/keys/pager.py").write_text(
        """
from provisioner.specs.keys.key import Key
from provisioner.specs.yaml.checks import unfit


def _check(node, file):
    if node.plain()["pager"] == "nobody":
        yield unfit("pager takes somebody", node.below("pager"), file, "/pager")


PAGER = Key("pager", lambda: {"type": "string", "description": "Who is woken."}, lambda s: s.get("pager"), _check)
""",
        "utf-8",
    )
    environment = "specs/documents/environment.py"
    house.insert(environment, "from provisioner.specs.keys.prices", "from provisioner.specs.keys.pager import PAGER\n")
    house.insert(environment, "    prices: Prices", "    pager: str | None = keyed(PAGER)\n")
    described = house.schemas()["environment"]["properties"]["pager"]
    assert described == {"type": "string", "description": "Who is woken.", "x-env": True}
    file = "environments/dev/environment.yaml"
    house.replace(file, "\ntier:", "\npager: ann\ntier:")
    ask = "from pathlib import Path; from provisioner.specs.workspace import Workspace; "
    assert house.python("-c", f"{ask}print(Workspace(Path()).environment('dev').pager)") == "ann\n"
    house.replace(file, "pager: ann", "pager: nobody")
    assert "REC011 pager takes somebody" in house.run("validate", "dev")
    house.replace(file, "pager: nobody", "pagr: ann")
    assert 'has no key "pagr" (did you mean "pager"?)' in house.run("validate", "dev")


# A new storage: one entry in provisioner/recording/storages.py, and a line in the archive's registry of listers.


def test_a_new_storage_is_a_word_a_block_a_code_and_a_place(house: House) -> None:
    entry = (
        'StorageVendor("oss", "Example OSS", "Example OSS.", _BUCKET_FIELDS, code=2, needs=("bucket",), '
        'kept_apart_by="bucket", sites={"cn": Option((ON_CLOUD,)), "intl": Option((ON_CLOUD,))}),'
    )
    house.insert(
        "recording/storages.py", "    return {storage.word", "    storages = (*storages, " + entry[:-1] + ")\n"
    )
    listed = "from provisioner.archive.files import s3; "
    house.insert(
        "archive/files/storages.py",
        '"""A vendor whose',
        f'{listed}STORAGES = {{**STORAGES, "oss": partial(bucket.storage_of, s3.VENDOR)}}\n',
    )
    schemas = house.schemas()
    storage = schemas["environment"]["properties"]["settings"]["properties"]["storage"]["properties"]
    assert storage["vendor"]["enum"] == ["vod", "cos", "s3", "oss", None]
    assert storage["vendor"]["description"].startswith("Where files go: VOD, Tencent COS, AWS S3 or Example OSS.")
    assert list(storage["oss"]["properties"]) == list(storage["cos"]["properties"])
    settings = "settings:\n  storage: {vendor: oss, oss: {region: eu}}\n"
    text = (house.root / "environments/dev/environment.yaml").read_text("utf-8")
    (house.root / "environments/dev/environment.yaml").write_text(text.partition("settings:")[0] + settings, "utf-8")
    assert "storage.vendor oss needs storage.oss.bucket" in house.run("validate", "dev")
    house.replace("environments/dev/environment.yaml", "region: eu", "region: eu, bucket: calls")
    assert "CloudStorage.Bucket" in house.run("explain", "dev/video-call", "storage.oss.bucket")
    codes = "from provisioner.recording.wire import WIRE; "
    path = "/recording/settings/storage/vendor"
    assert house.python("-c", f"{codes}print(WIRE['{path}'].codec.encode('oss'))") == "2\n"
    simulated = "from provisioner.simulator.template import CLOUD_STORAGE; "
    shape = "{'Vendor': 2, 'Region': 'eu', 'Bucket': 'calls'}"
    house.python("-c", f"{simulated}CLOUD_STORAGE.check({shape}, '')")
    both = "from provisioner.archive.files import storages as a; from provisioner.recording import storages as r; "
    assert house.python("-c", f"{both}print(a.STORAGES.keys() == r.STORAGES.keys())") == "True\n"


def test_every_storage_has_somebody_who_lists_its_files() -> None:
    assert listers.STORAGES.keys() == STORAGES.keys()


# The words of a consequence, and a new one: one entry in provisioner/recording/consequences.py.


def test_a_new_consequence_can_be_acknowledged_and_allowed(house: House) -> None:
    entry = (
        'LOUD = Consequence("louder", "Rooms get loud", Severity.HIGH, "Policy: a test.", {}, '
        'acknowledged="that rooms get loud")\n'
    )
    house.insert("recording/consequences.py", "UNUSED_INTENT = ", entry)
    house.replace(
        "provisioner/recording/consequences.py",
        "            UNUSED_INTENT,\n",
        "            UNUSED_INTENT,\n            LOUD,\n",
    )
    intents = house.schemas()["application"]["properties"]["intent"]["properties"]
    assert intents["louder"]["description"] == "Acknowledges that rooms get loud; x-env, never promoted."
    assert "or louder=APP, or max-" in house.run("apply", "--help")
    assert "### louder\n\n**Rooms get loud** (high)" in house.rules()


def test_the_words_of_a_consequence_are_said_by_plan_and_adopt(house: House) -> None:
    table = "provisioner/recording/consequences.py"
    house.replace(table, '_LOST = "what was not recorded cannot be recovered."', '_LOST = "it is lost."')
    house.run("apply", "dev", "--yes", "--allow", "max-changes")
    app = next((house.root / "environments/dev/apps").glob("video-call.yaml"))
    app.write_text(app.read_text("utf-8").replace("mode: auto", "mode: manual"), "utf-8")
    told = house.run("plan", "dev")
    assert "stop-recording" in told
    assert "it is lost." in told


# A new member of the plan document: one line in provisioner/reconcile/plan/ (document.py, application_document.py).


def test_a_new_member_of_the_plan_document_is_written_and_described(house: House) -> None:
    member = 'Member("mood", text("How it feels."), lambda entry: entry.application.name.upper()),'
    house.replace(
        "provisioner/reconcile/plan/application_document.py",
        "APPLICATION: Members[ApplicationPlan] = (\n",
        f"APPLICATION: Members[ApplicationPlan] = (\n    {member}\n",
    )
    plan = json.loads(house.python("-m", "provisioner", "plan", "dev", "--format", "json"))
    assert plan["applications"][0]["mood"] == plan["applications"][0]["name"].upper()
    house.python("-m", "provisioner", "schema", "schemas")
    schema = json.loads((house.root / "schemas/plan.json").read_text("utf-8"))
    assert schema["$defs"]["application"]["properties"]["mood"] == {"type": "string", "description": "How it feels."}
    jsonschema_rs.Draft202012Validator(schema).validate(plan)


def test_the_committed_schema_of_plans_is_the_built_one() -> None:
    committed = Path(plan_document.__file__).with_name("plan.schema.json")
    assert json.loads(committed.read_text("utf-8")) == plan_document.schema(), "run `make docs`"


def imported_anew(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Commands read a registry when they are imported: the next run of each sees it as it is then."""
    for module in modules:
        # Set first: what nobody has imported yet is gone again afterwards, with the registry that it saw.
        if module not in sys.modules:
            monkeypatch.setitem(sys.modules, module, ModuleType(module))
        monkeypatch.delitem(sys.modules, module)


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
        return Change(number, "kim", self.context.commit, "main")

    def default_branch(self) -> str:
        return "main"

    def holds(self, branch: str, commit: str) -> bool:
        return True

    def authors(self, number: int) -> frozenset[str]:
        return frozenset()

    def settings(self, environment: str) -> Sequence[SettingCheck]:
        return ()

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
    commands = ("apply", "approvals", "coverage", "doctor", "drift", "report", "watch")
    imported_anew(monkeypatch, *(f"provisioner.cli.{command}" for command in commands))
    return opened


def test_a_new_forge_is_offered_and_explained(project: Project, notices: list[Notice]) -> None:
    for command in ("report", "drift"):
        assert "[github|gitlab|notice]" in project.run(command, "--help").words
    row = "| Notice board | Notice CI | `--post notice` | `NOTICE_TOKEN`, `TRTC_TEAMS_TOKEN` | 5 kB |"
    assert row in registry.markdown()


def test_a_new_forge_is_found_by_its_job_and_asks_for_its_token(
    project: Project, notices: list[Notice], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.run("plan", "prod", "--base", project.commit(), "--out", "plan.json")
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
