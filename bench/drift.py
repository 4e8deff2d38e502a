"""`provisioner drift --since-audit` of 5,000 applications with 3 audited changes, at the service's 20 calls a second.

A full look is run once without a limit, so that there is one to go on from; under the limit it takes N/20 seconds,
which is computed (or run: --full). Then three applications are changed by calls of somebody else.

python -m bench.drift [--applications N] [--changes N] [--full]
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tencentcloud.common.credential import Credential

from bench import measure, trees
from bench.plan import fresh
from bench.served import ID, KEY, VARIABLES, served
from provisioner.console.tencent.client import Endpoint, TencentClient
from provisioner.recording.limits import CALLS_PER_SECOND

_NONE = 10**9
"""Every so manieth application differs: the first alone."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--applications", type=int, default=5_000)
    parser.add_argument("--changes", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="run the full look under the limit too")
    options = parser.parse_args()
    tree = fresh("served", options.applications, _tree)
    file = tree / "environments/prod/environment.yaml"
    drift: list[str | Path] = [Path(sys.executable).with_name("provisioner"), "drift", "prod", "--since-audit"]
    with served(tree, _NONE):
        unlimited = file.read_text("utf-8")
        print(f"full look without a limit: {measure.run(drift, tree, VARIABLES).wall:.2f} s")
        _change(re.search(r"http://(\S+)", unlimited)[1], options.changes)  # type: ignore[index]
        limited = re.sub(r"callsPerSecond: \d+", f"callsPerSecond: {CALLS_PER_SECOND}", unlimited)
        file.write_text(limited, "utf-8")
        cost = measure.best([measure.run(drift, tree, VARIABLES) for _ in range(3)])
        told = (tree / "output.log").read_text("utf-8")
        full = options.applications / CALLS_PER_SECOND
        if options.full:
            full = measure.run([*drift[:2], "prod"], tree, VARIABLES).wall
        file.write_text(unlimited, "utf-8")
    print(told[told.index("\n\n") :].split("\n\n")[1])
    print(f"{options.changes} changes: {cost.wall:.2f} s ({cost.cpu:.2f} s CPU, {cost.peak:.0f} MiB)")
    print(f"1/{full / cost.wall:.0f} of a full look under {CALLS_PER_SECOND} calls/s ({full:.0f} s)")


def _tree(root: Path, count: int) -> None:
    """On the site whose list of audited actions names those that write a template."""
    trees.write_specs(root, count)
    file = root / "environments/prod/environment.yaml"
    text = file.read_text("utf-8").replace("site: intl", "site: cn").replace("ap-singapore", "ap-guangzhou")
    file.write_text(text, "utf-8")


def _change(host: str, changes: int) -> None:
    credential = Credential(ID, KEY)
    client = TencentClient("trtc", "2019-07-22", "ap-guangzhou", Endpoint(host, "http", direct=True), credential)
    for number in range(1, changes + 1):
        client.write("ModifyRecordMode", {"SdkAppId": 20_000_000 + number, "Mode": "manual"})
    client.close()


if __name__ == "__main__":
    main()
