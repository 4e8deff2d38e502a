"""A simulated console in a process of its own, holding what a tree of specs wants but for some drift.

python -m bench.served TREE ENVIRONMENT DRIFTED [RATE]: every DRIFTEDth application differs; RATE limits each action, in
calls a second. Serves until its standard input closes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import trees

ROOT = Path(__file__).resolve().parents[1]
ID, KEY = "AKIDbench", "bench"
VARIABLES = {
    "TENCENTCLOUD_SECRET_ID": ID,
    "TENCENTCLOUD_SECRET_KEY": KEY,
    **{f"REC_KEY_{team:02}": "key" for team in range(trees.TEAMS)},
}
"""What a client of the console needs: its credentials, and the secrets that the specs refer to."""

_REMOTE = """\
console:
  driver: tencent
  endpoint: http://{endpoint}
  callsPerSecond: {rate}
  accept: [action:AlterRecording, action:ModifyRecordMode, field:/recording]
"""


@contextmanager
def served(tree: Path, drifted: int, rate: int | None = None, environment: str = "prod") -> Iterator[None]:
    """Serve the console of one of the tree's environments and point it there."""
    limit = [str(rate)] if rate else []
    command = [sys.executable, "-m", "bench.served", str(tree), environment, str(drifted), *limit]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        endpoint = process.stdout.readline().strip()
        file = tree / f"environments/{environment}/environment.yaml"
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"console: \{.*\}\n", _REMOTE.format(endpoint=endpoint, rate=rate or 100_000), text))
        try:
            yield
        finally:
            file.write_text(text)
            process.stdin.close()


def main() -> None:
    from provisioner.console.port import ConsoleChange
    from provisioner.console.tencent.binding import load
    from provisioner.recording.application import Application
    from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication
    from provisioner.specs.workspace import Workspace

    tree, environment, drifted, *rate = sys.argv[1:]
    binding = load("default", Path())

    def seed(number: int, app: Application) -> SeedApplication:
        whole = ConsoleChange(app.values, frozenset(app.values))
        bodies = {write.action: body for write, body in binding.requests(app.sdk_app_id, whole, lambda _: "key")}
        template = bodies["AlterRecording"]["Template"]
        if number % int(drifted) == 0:
            template = {**template, "MaxIdleTime": 600}
        return SeedApplication(app.sdk_app_id, app.name, "new", enabled=True, mode="auto", template=template)

    applications = Workspace(Path(tree)).environment(environment).applications
    with tempfile.TemporaryDirectory() as folder, ConsoleState(Path(folder) / "console.sqlite") as state:
        state.seed(seed(number, app) for number, app in enumerate(applications))
        account = Account(ID, KEY, "1")
        with ConsoleServer(state, [account], calls_per_second=float(rate[0]) if rate else None) as server:
            print(server.endpoint, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
