"""`pulumi up` and `preview` with our program and provider, beside a program and a provider that do nothing.

    PATH=/path/to/pulumi:$PATH .venv/bin/python -m bench.provider                    # 100 and 1,000 resources
    PATH=/path/to/pulumi:$PATH .venv/bin/python -m bench.provider --sizes 1000 --settings

Both keep equally many resources with equal inputs in a state of their own on the file backend. Ours reads every
application of a console in a process of its own, without a limit of its rate. `--settings` says what the engine's own
settings save.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bench import measure, trees
from bench.served import VARIABLES, served
from provisioner.provider.local_run import pulumi_environment
from provisioner.provider.properties import inputs
from provisioner.specs.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SIZES = (100, 1_000)
DRIFTED = 10
COMMANDS = {
    "first up": ("up", "--yes", "--skip-preview"),
    "preview": ("preview",),
    "up": ("up", "--yes", "--skip-preview"),
}
CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "false"}
SETTINGS: dict[str, tuple[dict[str, str], tuple[str, ...]]] = {
    "as make sets it": ({}, ()),
    "without PULUMI_RUN_PROGRAM": ({"PULUMI_RUN_PROGRAM": "false"}, ()),
    "with a checkpoint a step": (CHECKPOINTS, ()),
    "--parallel 1": ({}, ("--parallel", "1")),
    "--parallel 64": ({}, ("--parallel", "64")),
}

_PLUGIN = """\
#!/bin/sh
PYTHONPATH={root} exec {python} -m bench.nothing serve
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Our share of pulumi up and preview.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of resources")
    parser.add_argument("--runs", type=int, default=3, help="runs of each command but the first up; the fastest counts")
    parser.add_argument("--settings", action="store_true", help="also measure the engine's settings")
    options = parser.parse_args()
    print(f"plugin until its port is told: {min(start_up() for _ in range(options.runs)):.2f} s")
    print("resources | command  |  nothing |    ours | ratio | CPU ratio")
    for size in options.sizes:
        ours, nothing = our_project(size), nothing_project(size)
        with served(ours, DRIFTED):
            for command in COMMANDS:
                runs = 1 if command == "first up" else options.runs
                pairs = [(pulumi(nothing, command), pulumi(ours, command)) for _ in range(runs)]
                theirs, own = (measure.best(costs) for costs in zip(*pairs, strict=True))
                walls = f"{theirs.wall:>6.2f} s | {own.wall:>5.2f} s | {own.wall / theirs.wall:>5.2f}"
                print(f"{size:>9} | {command:<8} | {walls} | {own.cpu / theirs.cpu:.2f}", flush=True)
            if options.settings:
                measure_settings(ours)


def measure_settings(project: Path) -> None:
    """A first up and a preview of the same stack under each of the settings."""
    for name, (variables, flags) in SETTINGS.items():
        forget(project)
        first, preview = (pulumi(project, command, variables, flags) for command in ("first up", "preview"))
        print(f"    {name:<28} first up {first.wall:>6.2f} s, preview {preview.wall:>5.2f} s", flush=True)


def start_up() -> float:
    """Seconds from the start of our plugin to the line that tells its port."""
    began = time.perf_counter()
    executable = ROOT / "provisioner/provider/pulumi-resource-trtc"
    with subprocess.Popen([executable], cwd=ROOT, stdout=subprocess.PIPE) as plugin:
        assert plugin.stdout
        plugin.stdout.readline()
        took = time.perf_counter() - began
        plugin.terminate()
    return took


def our_project(size: int) -> Path:
    folder = _fresh(f"pulumi-{size}")
    trees.write_specs(folder, size)
    for file in ("Pulumi.yaml", "__main__.py"):
        shutil.copy(ROOT / file, folder)
    for link in ("provisioner", ".venv"):
        (folder / link).symlink_to(ROOT / link)
    _initialise(folder)
    return folder


def nothing_project(size: int) -> Path:
    folder = _fresh(f"nothing-{size}")
    specs = measure.SCRATCH / f"pulumi-{size}"
    applications = Workspace(specs).environment("prod").applications
    declared = {str(app.sdk_app_id): inputs(app.values) for app in applications}
    (folder / "inputs.json").write_text(json.dumps(declared))
    (folder / "__main__.py").write_text("from bench.nothing import declare\n\ndeclare()\n")
    text = (ROOT / "Pulumi.yaml").read_text("utf-8")
    (folder / "Pulumi.yaml").write_text(text.replace("./provisioner/provider", "./plugin"))
    (folder / "environments").mkdir()
    (folder / "plugin").mkdir()
    plugin = folder / "plugin/pulumi-resource-trtc"
    plugin.write_text(_PLUGIN.format(root=ROOT, python=sys.executable))
    plugin.chmod(0o755)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / "bench").symlink_to(ROOT / "bench")
    _initialise(folder)
    return folder


def _fresh(name: str) -> Path:
    folder = measure.SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _initialise(project: Path) -> None:
    (project / "state").mkdir()
    measure.run([_engine(), "stack", "init", "prod"], project, _variables(project))


def forget(project: Path) -> None:
    """The stack as it was before its first up; the console keeps its settings."""
    shutil.rmtree(project / "state")
    for file in project.glob("environments/Pulumi.*.yaml"):
        file.unlink()
    _initialise(project)


def pulumi(
    project: Path, command: str, variables: Mapping[str, str] | None = None, flags: tuple[str, ...] = ()
) -> measure.Cost:
    line = [_engine(), *COMMANDS[command], "--stack", "prod", "--non-interactive", "--color", "never", *flags]
    return measure.run(line, project, {**_variables(project), **(variables or {})})


def _engine() -> str:
    found = shutil.which("pulumi")
    if found is None:
        raise SystemExit("no pulumi on PATH")
    return found


def _variables(project: Path) -> dict[str, str]:
    own = {
        **VARIABLES,
        "PULUMI_BACKEND_URL": (project / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_HOME": str(project / "home"),
    }
    return pulumi_environment({**os.environ, **own}, Path(_engine()))


if __name__ == "__main__":
    main()
