"""What the user's environment does is no bug of ours: every command, under a table of hostile environments."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import click
import pytest

from provisioner.cli.main import COMMANDS, cli
from provisioner.console.tencent import client
from provisioner.foundation.extras import EXTRAS
from tests.project import Project, Ran

ROOT = Path(__file__).resolve().parents[2]
PROVISIONER = Path(sys.executable).with_name("provisioner")

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "init": ("another", "--forge", "github"),
    "validate": (),
    "render": ("prod/classroom",),
    "explain": ("prod/classroom",),
    "new application": ("prod/extra", "--sdk-app-id", "20009999", "--template", "call@v1", "--owner", "@acme/x"),
    "new template": ("extra",),
    "new environment": ("extra", "--tier", "staging"),
    "migrate": ("--check",),
    "schema": ("schemas",),
    "docs": ("REC052",),
    "help": ("plan",),
    "completion": ("bash",),
    "plan": ("prod", "--usage", "--out", "sealed.json"),
    "apply": ("prod", "--yes"),
    "drift": ("prod",),
    "history": ("people",),
    "adopt": ("prod/classroom", "--dry-run"),
    "import": ("prod", "--owner", "@acme/x", "--dry-run"),
    "unmanaged": ("prod",),
    "attest": ("people/classroom", "--yes"),
    "doctor": ("prod",),
    "console serve": ("dev",),
    "console seed": ("dev",),
    "console show": ("dev",),
    "console edit": ("dev/classroom", "mode=manual"),
    "console call": ("dev/classroom",),
    "console callbacks": ("dev/classroom",),
    "console fault": ("dev", "rate", "--count", "1"),
    "controller serve": ("prod",),
    "controller migrate": (),
    "controller reload": ("prod",),
    "controller modify": ("prod/classroom", "--room", "1"),
    "report": ("plan.json", "--post", "github"),
    "policy test": (),
    "policy vendor": (),
    "verify": ("plan.json",),
    "approvals": ("plan.json", "--check", "--status"),
    "status": (),
    "compare": ("dev", "prod"),
    "promote": ("dev", "prod"),
    "promotions": ("prod",),
    "template bump": ("call", "--note", "Longer"),
    "template status": (),
    "template lock": (),
    "template repin": ("call@v1", "prod", "--dry-run"),
    "usage": ("prod/classroom", "--chart", "usage.svg"),
    "files": ("people/classroom",),
    "evidence": ("prod",),
    "coverage": ("prod/classroom",),
    "call": ("prod/classroom", "--room", "1"),
    "watch": ("prod", "--once"),
    "eject": ("leaving",),
    "site": ("public", "prod"),
    "console learn": ("event.json",),
    "console scrub": ("event.json", "-o", "clean.har"),
}
"""What each command is run with; `prod` is reached over the network, `people` is a runbook, `dev` is simulated."""

CONNECTING = frozenset(
    [
        "adopt",
        "apply",
        "approvals",
        "call",
        "controller reload",
        "controller modify",
        "coverage",
        "doctor",
        "drift",
        "eject",
        "evidence",
        "files",
        "history",
        "import",
        "plan",
        "promote",
        "report",
        "site",
        "status",
        "unmanaged",
        "usage",
        "verify",
        "watch",
    ]
)
"""Commands that may connect to somebody: proxies, certificates and AWS are for them alone."""

TENCENT = "{driver: tencent, endpoint: 'http://127.0.0.1:9'}"
BUCKET = (
    "{vendor: s3, s3: {bucket: calls, region: eu-west-1, accessKeyRef: env:BUCKET_KEY, secretKeyRef: env:BUCKET_KEY}}"
)
JOURNAL = "s3://calls-journal/people?region=eu-west-1&endpoint=http://127.0.0.1:9"

BASE = {
    "HTTPS_PROXY": "http://127.0.0.1:9",  # so that nothing leaves this machine
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "key",
    "BUCKET_KEY": "key",
    "TENCENTCLOUD_SECRET_ID": "id",
    "TENCENTCLOUD_SECRET_KEY": "key",
    "GITHUB_ACTIONS": "true",
    "GITHUB_TOKEN": "token",
    "GITHUB_REPOSITORY": "acme/recording",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_API_URL": "http://127.0.0.1:9",
    "GITHUB_RUN_ID": "1",
    "GITHUB_SHA": "0" * 40,
    "GITHUB_EVENT_PATH": "event.json",
}
PROXIES = {
    "without a scheme": "127.0.0.1:9",
    "SOCKS": "socks5h://127.0.0.1:9",
    "an unknown scheme": "ftp://127.0.0.1:9",
    "a port out of range": "http://127.0.0.1:99999",
    "a port in words": "http://127.0.0.1:http",
    "broken brackets": "http://[::1:9",
    "no host": "http://",
}

NAMES = ("USER", "LOGNAME", "LNAME", "USERNAME")

HOSTILE: Mapping[str, Mapping[str, str | None]] = {
    "nothing reachable": {},
    **{f"proxy: {name}": {"HTTP_PROXY": value, "HTTPS_PROXY": value} for name, value in PROXIES.items()},
    "AWS settings that do not exist": {"AWS_PROFILE": "nobody", "AWS_CA_BUNDLE": "/nowhere.pem"},
    "AWS settings out of range": {"AWS_MAX_ATTEMPTS": "many", "AWS_RETRY_MODE": "x", "AWS_ENDPOINT_URL": "::"},
    "tokens with a line end": {
        "GITHUB_TOKEN": "token\n",
        "TENCENTCLOUD_TOKEN": "token\r\n",
        "TENCENTCLOUD_SECRET_ID": "id\n",
        "BUCKET_KEY": "key\n",
    },
    "tokens with a line end inside, and what no header can hold": {
        "GITHUB_TOKEN": "to\nken",
        "TENCENTCLOUD_TOKEN": "to\nken\u2028",
        "TENCENTCLOUD_SECRET_ID": "i\nd",
        "BUCKET_KEY": "ke\ny",
    },
    "a job that is none": {
        "GITHUB_EVENT_PATH": "/nowhere",
        "GITHUB_REPOSITORY": "nobody",
        "GITHUB_STEP_SUMMARY": "/nowhere/summary",
        "GITHUB_API_URL": "http://[",
    },
    "no home, no name, no tools": dict.fromkeys(
        ("HOME", "USER", "LOGNAME", "LNAME", "USERNAME", "PATH", "TMPDIR", "LANG")
    ),
    "an odd terminal": {"NO_COLOR": "", "TERM": "dumb", "COLUMNS": "0", "LINES": "x", "TZ": "Nowhere/Never"},
    "certificates that do not exist": dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), "/nowhere.pem"),
}


FOR_CONNECTIONS = {name for name in HOSTILE if name.startswith(("proxy: ", "AWS ", "certificates "))}


def commands(group: click.Group = cli, prefix: str = "") -> Iterator[str]:
    """The name of every command that is no group."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}"


def test_every_command_is_run() -> None:
    assert set(commands()) == ARGUMENTS.keys()
    assert {name.partition(" ")[0] for name in ARGUMENTS} == COMMANDS.keys()


@pytest.fixture
def hostile(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose `prod` is reached over the network, and whose `people` has bucket and journal; nothing waits."""
    project.run("plan", "prod", "--out", "plan.json")
    event = {"pull_request": {"number": 1, "head": {"sha": "0" * 40}}}
    project.write("event.json", json.dumps(event))
    prod, people = project.root / "environments/prod", project.root / "environments/people"
    shutil.copytree(prod, people, ignore=shutil.ignore_patterns("embedded.yaml"))
    for spec in people.rglob("*.yaml"):
        spec.write_text(spec.read_text().replace("sdkAppId: 200001", "sdkAppId: 200003"))
    file = "environments/people/environment.yaml"
    project.edit(file, "name: prod ", "name: people ")
    project.edit(file, "{driver: embedded}", "{driver: runbook}")
    project.edit(file, "{vendor: vod, vod: {subAppId: 1500000001, retention: 90d}}", BUCKET)
    project.write(file, (project.root / file).read_text() + f"journal: {JOURNAL}\n")
    project.edit("environments/prod/environment.yaml", "{driver: embedded}", TENCENT)
    monkeypatch.setattr(client, "_BACK_OFF", ())
    monkeypatch.setattr("provisioner.cli.console.until_stopped", lambda *_: None)
    monkeypatch.setattr("time.sleep", functools.partial(_nap, time.sleep))
    for name in (*os.environ,):
        if name.lower().endswith("_proxy") or name.startswith(("AWS_", "CI_", "GITHUB_")):
            monkeypatch.delenv(name)
    for name, value in BASE.items():
        monkeypatch.setenv(name, value)
    return project


def _nap(sleep: Callable[[float], None], seconds: float) -> None:
    sleep(min(seconds, 0.001))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_environment_is_an_internal_error(hostile: Project, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable, value in HOSTILE[name].items():
        monkeypatch.setenv(variable, value) if value is not None else monkeypatch.delenv(variable, raising=False)
    if "HOME" in HOSTILE[name]:
        monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)  # raises KeyError, as where the uid has no entry
    connected = connections(monkeypatch)
    for command, arguments in ARGUMENTS.items():
        if command in CONNECTING or name not in FOR_CONNECTIONS:
            in_words(command, hostile.run(*command.split(), *arguments))
            assert command in CONNECTING or not connected, (command, "connects", connected)
            connected.clear()


def connections(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Addresses that somebody connects to from now on."""
    seen: list[object] = []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        seen.append(address)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return seen


def in_words(command: str, ran: Ran) -> None:
    """Whatever became of it, the user reads words, and a script an exit code that the documentation knows."""
    assert ran.code in (0, 1, 2, 3, 4), (command, ran)
    assert not re.search(r"internal error|Traceback|\w+Error\(", ran.out + ran.err), (command, ran)
    assert ran.code in (0, 2) or ran.err or ran.out, (command, "failed without a word")


@pytest.mark.parametrize("state", ["a file", "a folder", "garbage", "a link to nowhere"])
def test_no_state_on_the_disk_is_an_internal_error(hostile: Project, state: str) -> None:
    """What may lie where the lock, the journal and the simulated console's memory are kept."""
    local = hostile.root / ".provisioner"
    shutil.rmtree(local)
    if state == "a file":
        local.write_text("")
    elif state == "a link to nowhere":
        local.symlink_to("/nowhere")
    else:
        for place in (
            "dev/console.sqlite",
            "dev/lock",
            "people/lock",
            "prod/lock",
            "dev/journal",
            "prod/journal/x.jsonl",
        ):
            if state == "a folder":
                (local / place).mkdir(parents=True)
            else:
                (local / place).parent.mkdir(parents=True, exist_ok=True)
                (local / place).write_bytes(b"\xff\x00 garbage\n{}\n[]\n" * 100)
    for command, arguments in {**ARGUMENTS, "apply": ("dev", "--yes"), "history": ("prod",)}.items():
        in_words(command, hostile.run(*command.split(), *arguments))


IN_A_CHILD = """
import json, sys
from importlib.abc import MetaPathFinder

class Without(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in modules:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

modules, commands = json.loads(sys.argv[1])
sys.meta_path.insert(0, Without())
from pathlib import Path
from typing import Any
import time
from provisioner.console.tencent import client
from tests.project import Project
client._BACK_OFF = ()
nap = time.sleep
time.sleep = lambda seconds: nap(min(seconds, 0.001))
print(json.dumps([[command, *(lambda ran: (ran.code, ran.out, ran.err))(Project(Path.cwd()).run(*words))]
    for command, words in commands]))
"""


def test_a_missing_extra_is_named(hostile: Project) -> None:
    modules = [module for modules in EXTRAS.values() for module in modules]
    commands = [(command, [*command.split(), *arguments]) for command, arguments in ARGUMENTS.items()]
    commands += [("report html", ["report", "plan.json", "--format", "html"])]
    commands.remove(("console serve", ["console", "serve", "dev"]))  # would serve until somebody ends it
    child = [sys.executable, "-c", IN_A_CHILD, json.dumps([modules, commands])]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    ran = subprocess.run(child, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    told = {}
    for command, code, out, err in json.loads(ran.stdout):
        in_words(command, Ran(code, out, err))
        if found := re.search(r"needs the package (\w+), which is not installed\n  .*?\[(\w+)\]'", err):
            told[command] = found.groups()
    extras = {command: extra for command, (_, extra) in told.items()}
    assert extras["history"] == extras["files"] == "archive"
    assert extras["report"] == "review"
    assert not extras.keys() & {"report html", "status", "plan", "console call"}  # the wheel alone runs the rest


def test_the_table_of_extras_is_the_projects_own() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert EXTRAS.keys() == declared.keys() - {"dev"}
    for extra, modules in EXTRAS.items():
        for library in (re.split(r"[\[>=<;]", entry)[0] for entry in declared[extra]):
            brought = {file.parts[0].removesuffix(".py") for file in distribution(library).files or ()}
            assert brought.intersection(modules), (extra, library)


@pytest.mark.parametrize("redirection", ["| sed /to.change/q >/dev/null", ">/dev/full", ">&-", "<&- >&- 2>&-"])
def test_an_apply_that_nobody_listens_to_any_more_finishes(project: Project, redirection: str) -> None:
    """The plan goes first, and its reader may leave in the middle of what is told of the writes."""
    folder = project.root
    if "full" in redirection:  # the plan itself cannot be shown: nothing was begun
        ran = subprocess.run(["sh", "-c", f"{PROVISIONER} apply dev --yes {redirection}"], cwd=folder, check=False)
        assert ran.returncode == 1
        assert not list(folder.glob(".provisioner/dev/journal/*"))
        return
    subprocess.run(["sh", "-c", f"{PROVISIONER} apply dev --yes {redirection}"], cwd=folder, check=False, timeout=60)
    console = project.console("dev")
    assert [console.application(number).mode for number in (20001001, 20001002)] == ["auto", "auto"]
    (journal,) = folder.glob(".provisioner/dev/journal/*.jsonl")
    assert json.loads(journal.read_text().splitlines()[-1])["event"] == "end"


@pytest.mark.parametrize(
    "redirection", ["<&- ", ">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "2>/dev/full", "| head -c 1 >/dev/null"]
)
def test_streams_that_are_closed_or_full(project: Project, redirection: str) -> None:
    shell = f"{PROVISIONER} apply dev {redirection}"
    ran = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=False)
    assert not re.search(r"internal error|Traceback", ran.stdout + ran.stderr)
    assert not (project.root / ".provisioner/dev/journal").exists()  # nobody agreed to anything


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_output_is_readable_in_any_encoding(project: Project, encoding: str) -> None:
    project.edit("environments/dev/environment.yaml", "{driver: embedded}", "{driver: runbook}")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "LC_ALL": "C"}
    ran = subprocess.run([str(PROVISIONER), "apply", "dev"], env=environment, capture_output=True, check=False)
    assert ran.returncode == 1
    assert b"internal error" not in ran.stderr
    assert "Look first: dev" in ran.stdout.decode(
        "latin-1" if encoding == "latin-1" else "utf-8"
    )  # click knows better than ASCII
