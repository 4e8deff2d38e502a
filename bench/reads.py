"""Reads under the service's limit: how close to 20 calls a second, and how many refusals.

python -m bench.reads [APPLICATIONS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tencentcloud.common.credential import Credential

from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.console.tencent.limiter import Limiter
from provisioner.recording.limits import CALLS_PER_SECOND
from provisioner.simulator import Account, ConsoleServer, ConsoleState, SeedApplication

ACCOUNT = Account("AKIDbench", "bench", "1")


class CountingLimiter(Limiter):
    """A limiter that counts what the service refused."""

    refusals = 0

    def refused(self, action: str) -> None:
        self.refusals += 1
        super().refused(action)


@contextmanager
def console(applications: int) -> Iterator[str]:
    """A console that enforces its limit, and its endpoint."""
    with tempfile.TemporaryDirectory() as folder, ConsoleState(Path(folder) / "console.sqlite") as state:
        state.seed([SeedApplication(number, f"app-{number}", "new") for number in range(1, applications + 1)])
        with ConsoleServer(state, [ACCOUNT], calls_per_second=CALLS_PER_SECOND) as server:
            yield server.endpoint


def main() -> None:
    applications = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with console(applications) as host:
        limiter = CountingLimiter()
        credential = Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)
        endpoint = Endpoint(host, "http", direct=True)
        client = TencentClient("trtc", "2019-07-22", "ap-singapore", endpoint, credential, limiter=limiter)
        started = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(
                    lambda number: client.read("DescribeSdkAppInfo", {"SdkAppId": number}), range(1, applications + 1)
                )
            )
        seconds = time.perf_counter() - started
    ideal = applications / CALLS_PER_SECOND
    print(f"{len(answers)} reads in {seconds:.2f} s: {seconds / ideal:.3f} x {ideal:.0f} s, {limiter.refusals} refused")


if __name__ == "__main__":
    main()
