"""Writes to a console in a loop until somebody kills it; each acknowledged write is a line on stdout."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from provisioner.simulator.calls import Call, Room
from provisioner.simulator.state import ConsoleState

# Not from `support`: that loads the SDK, and this is started often.
MANUAL = 20000103
TEMPLATE = {"MaxIdleTime": 5, "MixRecord": {}, "StorageParams": {"CloudVod": {"TencentVod": {}}}}


def main() -> None:
    worker = int(sys.argv[2])
    with ConsoleState(Path(sys.argv[1]), effect_seconds=0) as state:
        number = 0
        while True:
            number += 1
            template = {**TEMPLATE, "MaxIdleTime": 5 + number, "UserDefineRecordPrefix": f"w{worker}-{number}"}
            state.change(MANUAL, lambda app, template=template: replace(app, template=template))  # type: ignore[misc]
            print("write", flush=True)
            if number % 5 == 0:
                room = Room(MANUAL, str(worker * 1_000_000 + number))
                state.recordings.play(room, Call(seconds=60, dismissed=True).events(), start=state.now() - 70)
                print("call", flush=True)


if __name__ == "__main__":
    main()
