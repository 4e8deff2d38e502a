"""The pictures of docs/scale.md: plan, apply and status over 500 applications, as a terminal shows them.

python -m deploy.site.fleet_pictures docs/pictures
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from deploy.site.pictures import seen, terminal_svg
from provisioner.foundation.files import write_atomically

COUNT = 500
LONGEST = 46
"""Lines of a picture; of a longer output the beginning and the end are shown."""

_TEMPLATE = """\
apiVersion: recording/v1
kind: Template
name: call
description: Calls
settings:
  formats: [mp4]
  maxIdleTime: 5s
  mixed: {maxUsers: 8, layout: {kind: grid}, video: {width: 1280, height: 720}}
"""
_ENVIRONMENT = """\
apiVersion: recording/v1
kind: Environment
name: prod
tier: staging
site: intl
region: ap-singapore
console: {driver: embedded, callsPerSecond: 100}
settings: {storage: {vendor: vod, vod: {subAppId: 1500000001, retention: 90d}}}
"""
_APPLICATION = """\
apiVersion: recording/v1
kind: Application
name: app-%03d
sdkAppId: %d
owner: "@acme/team-%d"
recording: {enabled: true, mode: auto, expectedParticipants: 2, template: call@v1}
"""
_EMBEDDED = """\
apiVersion: recording/v1
kind: EmbeddedConsole
name: prod
applications:
"""


def write_project(root: Path) -> None:
    """500 applications of seven teams on one template, none of them applied yet."""
    apps = root / "environments/prod/apps"
    apps.mkdir(parents=True)
    (root / "templates/call").mkdir(parents=True)
    (root / "templates/call/v1.yaml").write_text(_TEMPLATE, "utf-8")
    (root / "environments/prod/environment.yaml").write_text(_ENVIRONMENT, "utf-8")
    seeds = [f"  app-{number:03}: {{sdkAppId: {20010000 + number}}}\n" for number in range(COUNT)]
    (root / "environments/prod/embedded.yaml").write_text(_EMBEDDED + "".join(seeds), "utf-8")
    for number in range(COUNT):
        text = _APPLICATION % (number, 20010000 + number, number % 7)
        (apps / f"app-{number:03}.yaml").write_text(text, "utf-8")


def _last(shown: str) -> str:
    """What stays on the terminal: of a line that was written over what came last; of very many the first and last."""
    lines = [
        re.sub(r"\x1b\[\??[0-9;]*[A-Zhl]", "", line.rpartition("\r")[2]) for line in shown.rstrip("\n").split("\n")
    ]
    if len(lines) > LONGEST:
        half = LONGEST // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half:,} lines …", *lines[-half:]]
    return "\n".join(lines)


def main() -> None:
    """Write the three pictures into a folder."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root)
        for name, *options in (("plan",), ("apply", "--yes"), ("status",)):
            arguments = [name, "prod", *options]
            write_atomically(target / f"fleet-{name}.svg", terminal_svg(arguments, _last(seen(root, arguments))))


if __name__ == "__main__":
    main()
