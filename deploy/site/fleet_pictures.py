"""The pictures of docs/scale.md: plan, apply and status over 500 applications, as a terminal shows them.

python -m deploy.site.fleet_pictures docs/pictures
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import tempfile
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

COUNT = 500
COLUMNS = 80
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


def seen(command: list[str], folder: Path) -> str:
    """What the command shows on a terminal, its bars' last frames left out."""
    ours, theirs = pty.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": "50"}
    variables.pop("NO_COLOR", None)
    with subprocess.Popen(command, cwd=folder, env=variables, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        shown = b""
        while True:
            try:
                some = os.read(ours, 65536)
            except OSError:  # Linux says so where the other end is closed
                break
            if not some:
                break
            shown += some
    os.close(ours)
    lines = shown.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    # A line that was written over shows what came last.
    return "\n".join(re.sub(r"\x1b\[\??[0-9;]*[A-Zhl]", "", line.rpartition("\r")[2]) for line in lines).rstrip("\n")


def picture(title: str, text: str) -> str:
    """An SVG of a terminal, without fonts from elsewhere."""
    lines = text.split("\n")
    if len(lines) > LONGEST:
        half = LONGEST // 2
        lines = [*lines[:half], f"… {len(lines) - 2 * half:,} lines …", *lines[-half:]]
    console = Console(record=True, width=COLUMNS + 10, file=StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi("\n".join(lines)), soft_wrap=True)
    svg = console.export_svg(title=title, unique_id="terminal")
    return re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the three pictures into a folder."""
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    provisioner = str(Path(sys.executable).with_name("provisioner"))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root)
        for name, *options in (("plan",), ("apply", "--yes"), ("status",)):
            arguments = [name, "prod", *options]
            shown = seen([provisioner, *arguments], root)
            title = f"provisioner {' '.join(arguments)}"
            (target / f"fleet-{name}.svg").write_text(picture(title, shown), "utf-8")


if __name__ == "__main__":
    main()
