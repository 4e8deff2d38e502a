"""What a second process does to the same console: its own server, its own state, the same file."""

from __future__ import annotations

from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from provisioner.simulator import ConsoleServer, ConsoleState
from tests.simulator.support import ACCOUNT, MANUAL, SEEDS, TEMPLATE, call, sdk


def use_console(
    path: Path, now: float, *, writes: int, reads: int, together: Barrier, accepted: SimpleQueue[int]
) -> None:
    """Open the file in the same moment as the others, write `writes` times, then read `reads` times.

    Writes are unlimited, reads are limited to 20 a second on a clock that stands still at `now`. Reports how
    many reads were accepted.
    """
    together.wait(timeout=20)
    with ConsoleState(path, clock=lambda: now) as state:
        state.seed(SEEDS)
        with ConsoleServer(state, [ACCOUNT], calls_per_second=None) as server:
            client = sdk(server.endpoint)
            together.wait(timeout=20)
            for number in range(writes):
                call(
                    client,
                    "AlterRecording",
                    SdkAppId=MANUAL,
                    Template={**TEMPLATE, "MaxIdleTime": 5 + number},
                )
        with ConsoleServer(state, [ACCOUNT], calls_per_second=20) as server:
            client = sdk(server.endpoint)
            codes = [_code(client, "DescribeAppStatList") for _ in range(reads)]
    assert set(codes) <= {"", "RequestLimitExceeded"}
    accepted.put(codes.count(""))


def _code(client: CommonClient, action: str) -> str:
    try:
        client.call_json(action, {})
    except TencentCloudSDKException as error:
        return str(error.get_code())
    return ""
