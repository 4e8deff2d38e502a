"""A process that tells the controller's store things until it is killed: `python -m tests.controller.killed FOLDER`.

Every line it prints was answered, that is, on the disk.
"""

from __future__ import annotations

import itertools
import sys

from provisioner.controller.intake import AnnouncedCall, Intake
from provisioner.controller.store.opening import open_store
from tests.controller.scene import served


def main() -> None:
    store = open_store(sys.argv[1])
    intake = Intake(store, lambda _: None)
    for number in itertools.count():
        futures = [intake.begin(served(), AnnouncedCall(f"room-{number}-{part}", "call")) for part in range(8)]
        for part, future in enumerate(futures):
            future.result()
            print(f"room-{number}-{part}", flush=True)


if __name__ == "__main__":
    main()
