"""The controller under load: rooms come and go, callbacks repeat and overtake, answers get lost, replicas die.

python -m bench.controller [--seconds 300] [--rate 8] [--kills 3] [--replicas 1] [--database sqlite|postgresql|URL]

Prints what was judged (every dismissed room's task stopped, no room recorded twice at once), how long answers took, and
what the replicas cost.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import insert

from bench.http import forget
from bench.measure import SCRATCH
from bench.vendor import APP, KEY, Vendor
from provisioner.controller.store import schema
from provisioner.controller.store.opening import open_store
from provisioner.controller.store.port import Transaction
from provisioner.controller.store.rows import insert_once
from tests.controller import postgres

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "bench-token"
_AROUND_A_KILL = 15.0
"""Seconds after a kill in which answers are not held against the replicas: the vendor tries again after 10."""

_ENVIRONMENT = """apiVersion: recording/v1
kind: Environment
name: bench
tier: development
site: intl
region: ap-singapore
console: {{driver: tencent, endpoint: "http://127.0.0.1:{port}"}}
controller: {{url: "http://127.0.0.1:1", tokenRef: env:BENCH_TOKEN, callbackKeyRefs: [env:BENCH_KEY]}}
settings:
  storage: {{vendor: vod, vod: {{subAppId: 1500000010, retention: 7d}}}}
"""
_APPLICATION = """apiVersion: recording/v1
kind: Application
name: support-desk
sdkAppId: 20001003
owner: "@acme/support"
recording:
  enabled: true
  mode: manual
  template: call@v1
  manual: {start: backend, roomIds: string, sdkSecretKeyRef: env:BENCH_TOKEN}
"""


@dataclass
class Replica:
    """One process, started again on the same port after it was killed."""

    folder: Path
    database: str
    port: int
    cpu: float = 0.0
    peak: float = 0.0
    process: subprocess.Popen[bytes] | None = None
    kills: list[float] = field(default_factory=list)

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def start(self) -> None:
        command = [sys.executable, "-m", "provisioner", "controller", "serve", "bench", "--port", str(self.port)]
        log = (self.folder / f"replica-{self.port}.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--database", self.database, "--tasks", "5000"], cwd=self.folder, stdout=log, stderr=log,
            env={**os.environ, **_VARIABLES, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    async def up(self) -> None:
        """It accepts connections."""
        while True:
            with suppress(OSError), socket.create_connection(self.address, 1):
                return
            await asyncio.sleep(0.05)

    def end(self, how: signal.Signals) -> None:
        """End it, and add up what it cost."""
        assert self.process is not None
        self.process.send_signal(how)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu += usage.ru_utime + usage.ru_stime
        self.peak = max(self.peak, usage.ru_maxrss / 1024)
        forget(self.address)


_VARIABLES = {
    "BENCH_TOKEN": TOKEN,
    "BENCH_KEY": KEY.reveal(),
    "TENCENTCLOUD_SECRET_ID": "AKIDbench",
    "TENCENTCLOUD_SECRET_KEY": "bench",
    "NO_PROXY": "127.0.0.1",
}


async def main(options: argparse.Namespace) -> None:
    SCRATCH.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="controller-", dir=SCRATCH))
    replicas: list[Replica] = []
    vendor = Vendor(lambda: [r.address for r in replicas], options.lost, options.disorder, options.duplicates)
    _specs(folder, await vendor.serve())
    database = f"sqlite:///{folder / 'controller.sqlite'}" if options.database == "sqlite" else options.database
    if options.database != "sqlite":
        migrate = [sys.executable, "-m", "provisioner", "controller", "migrate", "--database", database]
        subprocess.run(migrate, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    _history(folder, database, options.history)
    replicas += [Replica(folder, database, _free_port()) for _ in range(options.replicas)]
    try:
        for replica in replicas:
            replica.start()
        await asyncio.gather(*(replica.up() for replica in replicas))
        began = time.monotonic()
        kills = asyncio.create_task(_kill(replicas, options.kills, options.seconds))
        await _load(vendor, options)
        await kills
        await vendor.settled()
        await _quiet(vendor)
        seconds = time.monotonic() - began
    finally:
        for replica in replicas:
            replica.end(signal.SIGTERM)
    _report(vendor, replicas, options, seconds)
    if not options.keep:
        shutil.rmtree(folder)


async def _load(vendor: Vendor, options: argparse.Namespace) -> None:
    """Rooms begin at random, live for a while, and are dismissed."""
    chance, rooms, number = random.Random(11), set(), 0
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        number += 1
        life = options.life if options.steady else min(chance.expovariate(1 / options.life), 6 * options.life) + 0.5
        room = asyncio.create_task(_room(vendor, f"room-{number}", life, options.events))
        rooms.add(room)
        room.add_done_callback(rooms.discard)
        await asyncio.sleep(chance.expovariate(options.rate))
    while rooms:
        await asyncio.wait(list(rooms))


async def _room(vendor: Vendor, room: str, life: float, events: int) -> None:
    """One call: created, people enter and send, it is dismissed. `events` counts the recorder's three, too."""
    vendor.begin(room, TOKEN)
    vendor.tell(101, room, UserId="alice")
    kinds = [103, 103, 201, 203, 201, 203, *([104, 103, 202, 201] * events)][: events - 5]
    for kind in kinds:
        await asyncio.sleep(life / (len(kinds) + 1))
        vendor.tell(kind, room, UserId=random.choice(("alice", "bob")))
    await asyncio.sleep(life / (len(kinds) + 1))
    await vendor.dismiss(room)


async def _kill(replicas: list[Replica], kills: int, seconds: float) -> None:
    for number in range(kills):
        await asyncio.sleep(seconds / (kills + 1))
        replica = replicas[number % len(replicas)]
        replica.kills.append(time.monotonic())
        replica.end(signal.SIGKILL)
        await asyncio.sleep(1)
        replica.start()


async def _quiet(vendor: Vendor) -> None:
    """Leases end, and what is due is done; after two minutes what still runs has been forgotten."""
    end = time.monotonic() + 120
    while vendor.running() and time.monotonic() < end:
        await asyncio.sleep(0.5)


def _report(vendor: Vendor, replicas: list[Replica], options: argparse.Namespace, seconds: float) -> None:
    accounts = vendor.accounts
    kills = [at for replica in replicas for at in replica.kills]
    away = [took for at, took in accounts.answers if not any(0 <= at - kill < _AROUND_A_KILL for kill in kills)]
    starts = [accounts.created[room] - at for room, at in accounts.begun.items() if room in accounts.created]
    cpu = sum(replica.cpu for replica in replicas)
    where = options.database.partition(":")[0]
    print(f"{options.seconds:g} s, {options.replicas} replica(s), {where}, {len(kills)} kills")
    print(f"rooms begun {len(accounts.begun)}, recorded {len(starts)}, Creates {accounts.creates}")
    left = f"still recording {len(vendor.running())}, left to the service {accounts.left}"
    print(f"recorded twice at once {accounts.doubles}, {left}")
    print(f"callbacks and beginnings answered {len(accounts.answers)}, given up {dict(accounts.given_up) or 0}")
    print(f"begin to Create   {_percentiles(starts)}")
    print(f"answer            {_percentiles([took for _, took in accounts.answers])}")
    print(f"answer, no kill   {_percentiles(away)}")
    most = {action: max(counts.values()) for action, counts in accounts.seconds.items()}
    print(f"calls {dict(accounts.calls)}, most in a second {most}, refused {accounts.refused}")
    peak = max(replica.peak for replica in replicas)
    print(f"cpu {cpu:.1f} s = {100 * cpu / seconds:.0f} % of a core, peak {peak:.0f} MiB a replica")


def _percentiles(values: list[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    shown = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.9, 0.99)}
    words = "  ".join(f"p{share * 100:g} {value * 1000:.0f} ms" for share, value in shown.items())
    return f"{words}  max {ordered[-1] * 1000:.0f} ms"


def _specs(folder: Path, port: int) -> None:
    shutil.copytree(ROOT / "templates", folder / "templates")
    apps = folder / "environments" / "bench" / "apps"
    apps.mkdir(parents=True)
    (apps.parent / "environment.yaml").write_text(_ENVIRONMENT.format(port=port))
    (apps / "support-desk.yaml").write_text(_APPLICATION)


def _history(folder: Path, database: str, rows: int) -> None:
    """So many events, calls and tasks that have been over for a month."""
    if not rows:
        return
    store = open_store(database)
    document = {"digest": "old", "document": "{}"}
    store.run(lambda t: insert_once(t.connection, schema.contract, document))
    began = time.monotonic()
    for start in range(0, rows, 50_000):
        store.run(lambda t, start=start: _old_rows(t, range(start, min(rows, start + 50_000))))  # type: ignore[misc]
    store.close()
    size = sum(file.stat().st_size for file in folder.glob("controller.sqlite*")) / 2**20
    print(f"{rows} events, calls and tasks of old, {size:.0f} MiB, in {time.monotonic() - began:.0f} s")


def _old_rows(transaction: Transaction, numbers: range) -> None:
    then = transaction.now - 30 * 86_400
    rooms = [f"old-{number % 100_000}" for number in numbers]
    of = {"environment": "bench", "sdk_app_id": APP}
    ended = {"state": "ended", "owner": "", "ended": then}
    events = [
        {"key": f"old-{n}", **of, "room": room, "type": 102, "at": then, "received": then, "body": "x" * 300}
        for n, room in zip(numbers, rooms, strict=True)
    ]
    sessions = [
        {
            **of, **ended, "application": "support-desk", "room": room, "call": f"call-{n}", "robot": f"old-{n}",
            "contract": "old", "template": "call@v1", "began": then, "received": then, "stop": "dismissed",
            "wanted": False, "turn": 0, "attempts": 1, "restarts": 0, "doubt": 0, "outcome": "", "closed": then,
        }
        for n, room in zip(numbers, rooms, strict=True)
    ]  # fmt: skip
    tasks = [
        {
            **ended, "sdk_app_id": APP, "task_id": f"old-{n}", "room": room, "robot": f"old-{n}", "session": None,
            "started": then, "expires": then, "attempts": 1, "looked": then, "code": 0, "files": 1, "lost": "",
        }
        for n, room in zip(numbers, rooms, strict=True)
    ]  # fmt: skip
    for table, rows in ((schema.event, events), (schema.session, sessions), (schema.task, tasks)):
        transaction.connection.execute(insert(table), rows)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--rate", type=float, default=8, help="rooms a second")
    parser.add_argument("--life", type=float, default=10, help="mean seconds of a room")
    parser.add_argument("--steady", action="store_true", help="every room lives that long")
    parser.add_argument("--events", type=int, default=25, help="callbacks of a room")
    parser.add_argument("--duplicates", type=float, default=0.05)
    parser.add_argument("--disorder", type=float, default=0.02)
    parser.add_argument("--lost", type=float, default=0.01, help="share of the service's answers")
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--replicas", type=int, default=1)
    parser.add_argument(
        "--database", default="sqlite", help="sqlite, postgresql (this machine's, started here), or a URL"
    )
    parser.add_argument("--history", type=int, default=0, help="rows of each kind that are over before it starts")
    parser.add_argument("--keep", action="store_true", help="leave store and logs in .bench")
    return parser.parse_args()


def _run() -> None:
    options = _options()
    folder = postgres.binaries()
    if options.database != "postgresql":
        asyncio.run(main(options))
    elif folder is None:
        raise SystemExit("there is no PostgreSQL here: install Debian's postgresql, or name one by URL")
    else:
        with postgres.server(folder, durable=True) as options.database:
            asyncio.run(main(options))


if __name__ == "__main__":
    _run()
