"""`provisioner files` on a VOD account of many files: wall time, processor time, peak memory.

python -m bench.files [FILES]
"""

from __future__ import annotations

import multiprocessing
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from bench import measure

ROOT = Path(__file__).resolve().parents[1]
APP, SUB_APP = 20001001, 1500000010
PER_ROOM = 4


def serve(path: Path, count: int, pipe: Connection) -> None:
    """VOD in a process of its own, so that its memory is not counted; until the pipe says something."""
    from provisioner.console.embedded.state_file import ACCOUNT
    from provisioner.simulator import ConsoleServer, ConsoleState
    from provisioner.simulator.media_rows import StoredFile

    with ConsoleState(path) as state:
        state.media.add(
            StoredFile(
                task_id=f"task-{number // PER_ROOM}",
                vendor="vod",
                sub_app_id=SUB_APP,
                sdk_app_id=APP,
                room_id=str(number // PER_ROOM),
                name=(name := f"{APP}_{number // PER_ROOM}_{number % PER_ROOM + 1}.mp4"),
                path=name,
                extension="mp4",
                category="Video",
                created_at=1_750_000_000.0 + number,
                expires_at=None,
                details={"seconds": 3600.0, "size": 250_000_000, "users": ["alice", "bob"]},
            )
            for number in range(count)
        )
        with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server:
            pipe.send((server.endpoint, ACCOUNT.secret_id, ACCOUNT.secret_key))
            pipe.recv()


@contextmanager
def account(
    folder: Path, count: int, serve: Callable[[Path, int, Connection], None] = serve
) -> Iterator[tuple[str, str, str]]:
    """An account that `serve` fills with `count` of something: its endpoint, secret id and secret key."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(folder / "console.sqlite", count, theirs))
    server.start()
    yield ours.recv()
    ours.send("stop")
    server.join()


def project(folder: Path, endpoint: str) -> None:
    """The shipped specs, dev in front of the account and without a limit to its rate."""
    for name in ("environments", "templates"):
        shutil.copytree(ROOT / name, folder / name)
    file = folder / "environments/dev/environment.yaml"
    console = f"{{driver: tencent, endpoint: 'http://{endpoint}', callsPerSecond: 100000}}"
    file.write_text(file.read_text("utf-8").replace("{driver: embedded}", console), "utf-8")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    provisioner = Path(sys.executable).with_name("provisioner")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        with account(folder, count) as (endpoint, secret_id, secret_key):
            project(folder, endpoint)
            variables = [f"TENCENTCLOUD_SECRET_ID={secret_id}", f"TENCENTCLOUD_SECRET_KEY={secret_key}"]
            for form in ("text", "csv", "json"):
                command = ["env", *variables, "NO_PROXY=*", str(provisioner), "files", "dev/video-call"]
                cost = measure.run([*command, "--format", form], folder)
                lines = (folder / "output.log").read_bytes().count(b"\n")
                spent = f"{cost.wall:.1f} s ({cost.cpu:.1f} s of it ours)"
                print(f"{count:,} files as {form}: {spent}, {cost.peak:.0f} MiB at most, {lines:,} lines", flush=True)


if __name__ == "__main__":
    main()
