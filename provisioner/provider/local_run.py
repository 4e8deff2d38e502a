"""`make up`, `preview` and `down`: Pulumi on a local file backend, or `provisioner` where there is no CLI.

The caller's environment wins throughout, so CI brings its own backend and calls the same targets. Where people change
the console, no engine can: `up` is `provisioner apply`, with its words and exit code, and Pulumi runs only once
nothing is left to people.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from provisioner.forge.registry import FORGES, open_forge
from provisioner.foundation.errors import ProvisionerError
from provisioner.foundation.git import place_of
from provisioner.provider import cli_install, stale_locks, tokens
from provisioner.reconcile.plan.seal import load
from provisioner.specs.workspace import Workspace

STATE = Path(".pulumi-state")

_PULUMI = {"up": ("up", "--yes"), "preview": ("preview", "--diff"), "down": ("destroy", "--yes")}
_PROVISIONER = {
    "up": (("apply", "--yes"), "carries the change out instead"),
    "preview": (("plan",), "shows the change instead"),
}
STACK_SETTINGS = {
    # Spec errors stop before any read, and credentials come from this run, not from the state.
    "PULUMI_RUN_PROGRAM": "true",
    # The state is written once, when a run ends, instead of whole after every step. A run that is killed loses nothing
    # by that: every resource has its SDKAppId for an id, is read before it is written, and is imported where the state
    # does not know it. It does not hold for resources of other providers in the same stack (docs/pulumi.md).
    tokens.SKIP_CHECKPOINTS: "true",
}
"""What the engine is told for a stack of this package's resources alone, here, in `deploy/operator` and in `bench`."""

_DEFAULTS = {
    "PULUMI_SKIP_UPDATE_CHECK": "1",
    # The only plugin is the one in this repository.
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "1",
    **STACK_SETTINGS,
}
_PYTHON_HOST = "pulumi-language-python"
_LANGUAGE_HOST = Path(__file__).parent / "language_host"


def pulumi_environment(caller: Mapping[str, str], pulumi: Path, command: str = "up") -> dict[str, str]:
    """`caller` completed by what a local run of `command` needs."""
    chosen = {**_DEFAULTS, **caller}
    if command == "down" and "PULUMI_RUN_PROGRAM" not in caller:
        # Taking a stack away asks no spec: also where specs are broken, or gone with their environment.
        chosen["PULUMI_RUN_PROGRAM"] = "false"
    # An older `pulumi` on PATH must not lend its language host to the one in this checkout.
    folders = [str(pulumi.parent), chosen.get("PATH", os.defpath)]
    if shutil.which(_PYTHON_HOST, path=os.pathsep.join(folders)) is None:
        folders.append(str(_LANGUAGE_HOST))  # a CLI from Go modules comes without Pulumi's own
    chosen["PATH"] = os.pathsep.join(folders)
    chosen.setdefault("TRTC_LANGUAGE_HOST_PYTHON", sys.executable)
    if "PULUMI_BACKEND_URL" not in chosen:
        chosen["PULUMI_BACKEND_URL"] = STATE.absolute().as_uri()
        if "PULUMI_CONFIG_PASSPHRASE_FILE" not in chosen:
            # It guards nothing: the state holds no secrets, and this one never leaves the machine.
            chosen.setdefault("PULUMI_CONFIG_PASSPHRASE", "dev")
    return chosen


def run_pulumi(pulumi: Path, command: str, environment: str) -> NoReturn:
    """Become Pulumi, so that its signals, colours and exit code are the user's."""
    print(f"Engine: Pulumi, {pulumi}", file=sys.stderr, flush=True)
    settings = pulumi_environment(os.environ, pulumi, command)
    if "PULUMI_BACKEND_URL" not in os.environ:
        STATE.mkdir(exist_ok=True)
        for process in stale_locks.remove(STATE, environment):
            print(f"Process {process}, which had locked the stack, was killed: its lock is removed.", file=sys.stderr)
    select = subprocess.run([pulumi, "stack", "select", "--create", environment], env=settings, check=False)
    if select.returncode:
        sys.exit(select.returncode)
    os.execve(pulumi, ["pulumi", *_PULUMI[command], "--stack", environment, *_targets(command, environment)], settings)


def _targets(command: str, environment: str) -> list[str]:
    """`--target` for each application of a reviewed plan that is of what changed: the others are not even read."""
    reviewed = os.environ.get(tokens.PLAN_VARIABLE)
    if not reviewed or command == "down":
        return []
    try:
        sealed = load(Path(reviewed))
    except ProvisionerError as error:
        sys.exit(str(error))
    if "changed" not in sealed or sealed["scope"] is None:
        return []
    names = sorted({*sealed["scope"], *(app["name"] for app in sealed["removed"] or ())})
    resources = [(tokens.RESOURCE, name) for name in names]
    urns = [f"urn:pulumi:{environment}::*::{kind}::{name}" for kind, name in (_provider(environment), *resources)]
    return [word for urn in urns for word in ("--target", urn)]


def _provider(environment: str) -> tuple[str, str]:
    return f"pulumi:providers:{tokens.PACKAGE}", environment


def run_provisioner(command: str, environment: str) -> None:
    """Do the same without Pulumi, in the words of `provisioner`."""
    if command == "down":
        instead = "Nothing is to be torn down: the console keeps its settings."
        print(cli_install.explain(instead), file=sys.stderr)
        return
    (name, *options), does = _PROVISIONER[command]
    what = _what(environment) if command == "up" else [environment]
    instead = f"`{shlex.join(['provisioner', name, *what])}` {does}."
    print(cli_install.explain(instead), file=sys.stderr, flush=True)
    os.execv(_provisioner(), ["provisioner", name, *options, *what])


def run_people(environment: str, post: str | None) -> None:
    """Say what people have to do, and exit as `provisioner apply` does; come back where nothing is left to them.

    With `post` it ends here in any case: the job is green, and a checklist on the forge says what is left.
    """
    command = ["provisioner", "apply", "--yes", *_what(environment), *(["--post", post] if post else [])]
    print(f"Engine: people, by `{shlex.join(command)}`", file=sys.stderr, flush=True)
    ran = subprocess.run(command, executable=_provisioner(), check=False)
    if ran.returncode or post:
        sys.exit(ran.returncode)


def _people_change(environment: str) -> bool:
    """Whether the environment's console is one that people change. An engine says what is wrong with broken specs."""
    own = Workspace(Path.cwd()).without_applications(environment)
    return own is not None and own.console.by_people


def _close_checklists(environment: str, post: str) -> None:
    """Close what is open from the days when people changed this console; an engine does it now."""
    from provisioner.forge.publish import Subject, post_checklists
    from provisioner.report.runbook.checklist import render_done

    try:
        forge = open_forge(post, os.environ)
        subject, done = Subject(environment, place_of(Path.cwd()).below), render_done(environment, forge.context.run)
        for note in post_checklists(forge, subject, (), done).closed:
            print(f"Closed: {note.url}", file=sys.stderr)
    except ProvisionerError as error:
        print(f"Whether a checklist is still open is not known: {error}", file=sys.stderr)


def _what(environment: str) -> list[str]:
    """What `provisioner apply` is to carry out: the reviewed plan where one is named, else the environment."""
    reviewed = os.environ.get(tokens.PLAN_VARIABLE)
    return ["--plan", reviewed] if reviewed else [environment]


def _provisioner() -> Path:
    return Path(sys.executable).with_name("provisioner")


def main() -> None:
    """Run `up`, `preview` or `down` of an environment with Pulumi where there is one, else with `provisioner`."""
    parser = argparse.ArgumentParser(prog="local_run", description="Run Pulumi locally.")
    parser.add_argument("command", choices=_PULUMI)
    known = sorted(file.parent.name for file in Path("environments").glob("*/environment.yaml"))
    # Checked here because `pulumi stack select --create` would make a stack of a typing error.
    parser.add_argument("environment", choices=known)
    parser.add_argument("--post", choices=FORGES, help="in a CI job: keep an issue an owner of what people do")
    chosen = parser.parse_args()
    if chosen.post and chosen.command != "up":
        parser.error("--post keeps a checklist of what is left after up")
    by_people = chosen.command == "up" and _people_change(chosen.environment)
    if by_people:
        run_people(chosen.environment, chosen.post)
    elif chosen.post:
        _close_checklists(chosen.environment, chosen.post)
    pulumi = cli_install.find_or_install()
    if pulumi:
        run_pulumi(pulumi, chosen.command, chosen.environment)
    if not by_people:
        run_provisioner(chosen.command, chosen.environment)


if __name__ == "__main__":
    main()
