"""A simulated service for tests of your own backend: Tencent's SDK talks to it, and it fails when it is told to."""

import tempfile
from pathlib import Path

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from provisioner.api import Account, ConsoleServer, ConsoleState, Fault, SeedApplication

ACCOUNT = Account("AKIDexample", "key-of-the-example", "100000000001")
QUESTION = {"StartTime": "2026-03-01", "EndTime": "2026-03-02", "MixType": "multi"}


def main() -> None:
    """Ask for recorded minutes twice: the first time the service refuses, by its rate limit."""
    with tempfile.TemporaryDirectory() as folder, ConsoleState(Path(folder) / "console.sqlite") as state:
        state.seed([SeedApplication(20000123, "tutoring-live", "new")])
        state.faults.add(Fault("rate", actions=("DescribeRecordingUsage",), count=1))
        with ConsoleServer(state, [ACCOUNT]) as server:
            profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=server.endpoint))
            credential = Credential(ACCOUNT.secret_id, ACCOUNT.secret_key)
            client = CommonClient("trtc", "2019-07-22", credential, "ap-singapore", profile)
            try:
                client.call_json("DescribeRecordingUsage", QUESTION)
            except TencentCloudSDKException as refused:
                print(f"first: {refused.get_code()}")
            print(f"then: {sorted(client.call_json('DescribeRecordingUsage', QUESTION)['Response'])}")


if __name__ == "__main__":
    main()
