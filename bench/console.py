"""A soak of the embedded console: many calls by many clients with faults on, and no write lost or doubled.

    .venv/bin/python -m bench.console                      # 100,000 calls by 8 clients, 2 of them the real SDK
    .venv/bin/python -m bench.console --calls 5000 --faults 0

Every client is a process with applications of its own. It writes templates that carry a number, reads them back,
lists, and starts and stops recordings; it remembers of each write whether it was acknowledged, refused, or whether
the connection broke so that it cannot know. Afterwards the console's own history is compared with all of that.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from provisioner.simulator import Account, ConsoleServer, ConsoleState, Fault, SeedApplication

ACCOUNT = Account("AKIDsoak", "soak-key", "100000000001")
APPLICATIONS = 25
"""Applications of each client."""

FIRST = 20_000_000
STORAGE = {"CloudVod": {"TencentVod": {"SubAppId": 1500000001}}}

FAULTS: dict[str, dict[str, Any]] = {
    "rate": {},
    "server-error": {},
    "reset-before": {},
    "reset-after": {},
    "truncated": {},
    "stale": {"seconds": 2},
    "clock": {"seconds": 400},
    "latency": {"seconds": 0.005},
}

REFUSED = (
    "RequestLimitExceeded",
    "AuthFailure.SignatureExpire",
    "ServerNetworkError 503",
    "FailedOperation.TaskNotExist",  # a stale read of a task that has only just begun
)
"""What says for certain that nothing happened."""


class Refused(Exception):
    """The console answered, and nothing happened."""


class Unknown(Exception):
    """The connection broke: it may or may not have happened."""


class SdkClient:
    """The real SDK, as a user would use it."""

    def __init__(self, endpoint: str) -> None:
        http_profile = HttpProfile(protocol="http", endpoint=endpoint, reqTimeout=10, keepAlive=True)
        profile = ClientProfile(httpProfile=http_profile)
        credential = Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)
        self.sdk = CommonClient("trtc", "2019-07-22", credential, "ap-singapore", profile)

    def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            response: dict[str, Any] = self.sdk.call_json(action, body)["Response"]
        except TencentCloudSDKException as error:
            raise _outcome(str(error.code), str(error.message)) from None
        except (OSError, ValueError, KeyError) as error:  # a truncated body escapes the SDK's own error class
            raise Unknown(type(error).__name__) from None
        return response


class LeanClient(SdkClient):
    """The SDK's signature over a kept connection of http.client."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.endpoint = endpoint
        self.connection = http.client.HTTPConnection(endpoint, timeout=10)

    def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        request = RequestInternal(self.endpoint, "POST", "/", header={})
        self.sdk._build_req_with_tc3_signature(action, body, request)
        try:
            self.connection.request("POST", "/", request.data.encode(), request.header)
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.connection.close()
            raise Unknown(type(error).__name__) from None
        if answer.status != 200:
            raise _outcome("ServerNetworkError", str(answer.status))
        response: dict[str, Any] = json.loads(content)["Response"]
        if "Error" in response:
            raise _outcome(response["Error"]["Code"], response["Error"]["Message"])
        return response


def _outcome(code: str, message: str) -> Exception:
    if code == "ServerNetworkError":
        code = f"{code} {'503' if '503' in message or 'upstream' in message else message}"
    if code in REFUSED:
        return Refused(code)
    return Unknown(code) if code == "ClientNetworkError" else AssertionError(f"{code}: {message}")


@dataclass
class Report:
    """What one client did. `writes` and `tasks` map each attempt to its outcome: acknowledged, refused, unknown."""

    kind: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    writes: dict[str, tuple[int, str]] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


class Worker:
    """One client and its applications."""

    def __init__(self, number: int, endpoint: str, kind: str, seed: int) -> None:
        self.number, self.chance = number, random.Random(seed * 1000 + number)
        self.client = SdkClient(endpoint) if kind == "sdk" else LeanClient(endpoint)
        self.apps = [FIRST + number * 1000 + index for index in range(APPLICATIONS)]
        self.sent: dict[int, set[str]] = {app: {""} for app in self.apps}
        self.report = Report(kind)

    def run(self, calls: int) -> Report:
        while self.report.outcomes.total() < calls:
            app, dice = self.chance.choice(self.apps), self.chance.random()
            if dice < 0.3:
                self.write(app)
            elif dice < 0.9:
                self.read(app)
            elif dice < 0.98:
                self.timed("DescribeAppStatList", {"Limit": 10})
            else:
                self.record(app)
        return self.report

    def write(self, app: int) -> None:
        mark = f"c{self.number}-{len(self.report.writes)}"
        template = {"MaxIdleTime": 5, "MixRecord": {}, "StorageParams": STORAGE, "UserDefineRecordPrefix": mark}
        self.sent[app].add(mark)
        _, outcome = self.timed("AlterRecording", {"SdkAppId": app, "Template": template})
        self.report.writes[mark] = (app, outcome)

    def read(self, app: int) -> None:
        answer, _ = self.timed("DescribeSdkAppInfo", {"SdkAppId": app})
        if answer is not None:
            template = answer["SdkAppInfo"]["Recording"]["Template"] or {}
            if template.get("UserDefineRecordPrefix", "") not in self.sent[app]:
                self.report.wrong.append(f"{app} showed {template}")

    def record(self, app: int) -> None:
        """A task has no key that makes it idempotent: what cannot be known is not tried again."""
        robot = f"r{self.number}-{len(self.report.tasks)}"
        order = {
            "SdkAppId": app,
            "RoomId": str(len(self.report.tasks)),
            "UserId": robot,
            "UserSig": "signature",
            "RecordParams": {"RecordMode": 2, "MaxIdleTime": 5},
            "StorageParams": STORAGE,
        }
        answer, outcome = self.timed("CreateCloudRecording", order)
        self.report.tasks[robot] = outcome
        if answer is not None:
            self.timed("DescribeCloudRecording", {"SdkAppId": app, "TaskId": answer["TaskId"]})

    def timed(self, action: str, body: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
        started = time.perf_counter()
        answer, outcome = None, "acknowledged"
        try:
            answer = self.client.call(action, body)
        except Refused:
            outcome = "refused"
        except Unknown:
            outcome = "unknown"
        except AssertionError as error:
            outcome = "wrong"
            self.report.wrong.append(str(error))
        self.report.seconds.setdefault(action, []).append(time.perf_counter() - started)
        self.report.outcomes[outcome] += 1
        return answer, outcome


def serve(path: Path, pipe: Connection) -> None:
    """The console in a process of its own, until the pipe says something."""
    with ConsoleState(path) as state, ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server:
        pipe.send(server.endpoint)
        pipe.recv()


def work(number: int, endpoint: str, options: argparse.Namespace, pipe: Connection) -> None:
    """One client in a process of its own; it begins when the pipe says so."""
    worker = Worker(number, endpoint, "sdk" if number < options.sdk else "lean", options.seed)
    pipe.send("ready")
    pipe.recv()
    pipe.send(worker.run(options.calls // options.clients))


@contextmanager
def console(path: Path, clients: int, rate: float, seed: int) -> Iterator[str]:
    context = multiprocessing.get_context("spawn")
    with ConsoleState(path) as state:
        state.seed(
            SeedApplication(FIRST + client * 1000 + index, f"soak-{client}-{index}", "new", enabled=True)
            for client in range(clients)
            for index in range(APPLICATIONS)
        )
        for kind, options in FAULTS.items() if rate else ():
            state.faults.add(Fault(kind, probability=rate, seed=seed, **options))
    ours, theirs = context.Pipe()
    server = context.Process(target=serve, args=(path, theirs))
    server.start()
    yield ours.recv()
    ours.send("stop")
    server.join()


def soak(path: Path, options: argparse.Namespace) -> tuple[list[Report], float]:
    """All clients at once; their reports, and how many seconds it took."""
    context = multiprocessing.get_context("spawn")
    with console(path, options.clients, options.faults, options.seed) as endpoint:
        pipes, processes = [], []
        for number in range(options.clients):
            ours, theirs = context.Pipe()
            processes.append(context.Process(target=work, args=(number, endpoint, options, theirs)))
            processes[-1].start()
            pipes.append(ours)
        for pipe in pipes:
            pipe.recv()
        started = time.perf_counter()
        for pipe in pipes:
            pipe.send("go")
        reports = [pipe.recv() for pipe in pipes]
        seconds = time.perf_counter() - started
        for process in processes:
            process.join()
    return reports, seconds


@dataclass(frozen=True)
class Verdict:
    """Writes by what the console holds against what the clients were told."""

    accepted: int
    acknowledged: int
    unknown: int
    unknown_applied: int
    lost: list[str]
    doubled: list[str]
    uninvited: list[str]
    disordered: list[int]
    counted_wrong: int


def judge(path: Path, reports: list[Report]) -> Verdict:
    """Compare the console's history with what every client knows of its own writes."""
    connection = sqlite3.connect(path)
    rows = connection.execute(
        "SELECT sdk_app_id, json_extract(template, '$.UserDefineRecordPrefix') FROM configurations"
        " WHERE version > 0 ORDER BY sdk_app_id, version"
    ).fetchall()
    robots = [robot for (robot,) in connection.execute("SELECT robot FROM tasks")]
    (accepted,) = connection.execute("SELECT value FROM counters WHERE name = 'accepted_writes'").fetchone()
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    held = Counter([mark for _, mark in rows] + robots)
    told: dict[str, str] = {}
    for report in reports:
        told.update({mark: outcome for mark, (_, outcome) in report.writes.items()}, **report.tasks)
    order: dict[int, list[int]] = {}
    for app, mark in rows:
        order.setdefault(app, []).append(int(mark.partition("-")[2]))
    return Verdict(
        accepted=accepted,
        acknowledged=sum(outcome == "acknowledged" for outcome in told.values()),
        unknown=sum(outcome == "unknown" for outcome in told.values()),
        unknown_applied=sum(outcome == "unknown" and mark in held for mark, outcome in told.items()),
        lost=[mark for mark, outcome in told.items() if outcome == "acknowledged" and not held[mark]],
        doubled=[mark for mark, count in held.items() if count > 1],
        uninvited=[mark for mark in held if told.get(mark) not in ("acknowledged", "unknown")],
        disordered=[app for app, marks in order.items() if marks != sorted(marks)],
        counted_wrong=accepted - held.total(),
    )


def spread(seconds: list[float]) -> str:
    cuts = statistics.quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:7.2f} ms   p99 {cuts[98] * 1000:7.2f} ms   max {max(seconds) * 1000:8.1f} ms"


def show(path: Path, reports: list[Report], seconds: float, verdict: Verdict) -> None:
    outcomes = sum((report.outcomes for report in reports), Counter[str]())
    print(f"{outcomes.total():,} calls in {seconds:.1f} s: {outcomes.total() / seconds:,.0f} calls/s")
    print("outcomes: " + ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.most_common()))
    for kind in sorted({report.kind for report in reports}):
        of_kind = [report for report in reports if report.kind == kind]
        everything = [second for report in of_kind for times in report.seconds.values() for second in times]
        print(f"{len(of_kind)} {kind} clients        {spread(everything)}")
    for action in sorted({action for report in reports for action in report.seconds}):
        times = [second for report in reports for second in report.seconds.get(action, ())]
        print(f"  {action:22} {len(times):7,}  {spread(times)}")
    with ConsoleState(path) as state:
        struck = {entry.fault.kind: entry.struck for entry in state.faults.all()}
    print(
        f"faults: {sum(struck.values()):,} injected: {', '.join(f'{count} {kind}' for kind, count in struck.items())}"
    )
    print(
        f"writes: {verdict.accepted:,} accepted by the console; {verdict.acknowledged:,} acknowledged, and"
        f" {verdict.unknown_applied:,} of {verdict.unknown:,} whose answer was lost had taken effect"
    )
    print(
        f"lost {len(verdict.lost)}, doubled {len(verdict.doubled)}, refused but written {len(verdict.uninvited)},"
        f" out of order {len(verdict.disordered)}, miscounted {verdict.counted_wrong},"
        f" wrong answers {sum(len(report.wrong) for report in reports)}"
    )
    print(f"state file {path.stat().st_size / 2**20:.1f} MiB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--sdk", type=int, default=2, help="how many of the clients are the real SDK")
    parser.add_argument("--faults", type=float, default=0.01, help="probability of each kind of fault")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", help="where the state file lies for the time being; its disk decides about writes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = Path(folder) / "console.sqlite"
        reports, seconds = soak(path, options)
        verdict = judge(path, reports)
        show(path, reports, seconds, verdict)
    wrong = [line for report in reports for line in report.wrong]
    for line in wrong[:5]:
        print(line)
    faultless = not (
        verdict.lost or verdict.doubled or verdict.uninvited or verdict.disordered or verdict.counted_wrong
    )
    return 0 if faultless and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main())
