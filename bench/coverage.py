"""`provisioner coverage` over many rooms: wall time, processor time, peak memory.

python -m bench.coverage [ROOMS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from bench import measure
from bench.files import APP, SUB_APP, account, project

DAYS = 6
WITHOUT_FILE = 100
"""One room of so many has none."""


def serve(path: Path, count: int, pipe: Connection) -> None:
    """The service in a process of its own, so that its memory is not counted; until the pipe says something."""
    from provisioner.console.embedded.state_file import ACCOUNT
    from provisioner.simulator import ConsoleServer, ConsoleState, SeedApplication
    from provisioner.simulator.media_rows import StoredFile

    first = time.time() - DAYS * 86_400
    step = (DAYS * 86_400 - 7200) / count
    with ConsoleState(path) as state:
        state.seed([SeedApplication(APP, "video-call", "new", enabled=True)])
        rows = ((APP, str(number), 1, 1, first + number * step, first + number * step + 600) for number in range(count))
        with state.database.writing() as connection:
            connection.executemany(
                "INSERT INTO rooms (sdk_app_id, room_id, numbered, settled, created_at, ended_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
        state.media.add(
            StoredFile(
                task_id=f"task-{number}",
                vendor="vod",
                sub_app_id=SUB_APP,
                sdk_app_id=APP,
                room_id=str(number),
                name=(name := f"{APP}_{number}_1.mp4"),
                path=name,
                extension="mp4",
                category="Video",
                created_at=first + number * step + 602,
                expires_at=None,
                details={"seconds": 600.0, "size": 50_000_000, "users": ["alice", "bob"]},
            )
            for number in range(count)
            if number % WITHOUT_FILE
        )
        with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server:
            pipe.send((server.endpoint, ACCOUNT.secret_id, ACCOUNT.secret_key))
            pipe.recv()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    provisioner = Path(sys.executable).with_name("provisioner")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with account(folder, count, serve) as (endpoint, secret_id, secret_key):
            project(folder, endpoint)
            variables = [f"TENCENTCLOUD_SECRET_ID={secret_id}", f"TENCENTCLOUD_SECRET_KEY={secret_key}"]
            for form in ("text", "json"):
                command = ["env", *variables, "NO_PROXY=*", str(provisioner), "coverage", "dev/video-call"]
                cost = measure.run([*command, "--format", form], folder)
                lines = (folder / "output.log").read_bytes().count(b"\n")
                spent = f"{cost.wall:.1f} s ({cost.cpu:.1f} s of it ours)"
                print(f"{count:,} rooms as {form}: {spent}, {cost.peak:.0f} MiB at most, {lines:,} lines", flush=True)


if __name__ == "__main__":
    main()
