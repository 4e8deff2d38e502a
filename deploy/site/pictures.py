"""The pictures in docs/pictures: `python -m deploy.site.pictures docs/pictures`, whenever what they show changes.

Terminals are SVG, written by rich. What people see in a browser is a photograph, taken by Chromium where there is one.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import markdown
from rich.console import Console
from rich.text import Text

from provisioner.foundation.files import write_atomically

ROOT = Path(__file__).resolve().parents[2]
_COLUMNS = 88
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_IDENTITY = ("-c", "user.name=kim", "-c", "user.email=kim@example.com")
_STYLE = (
    "body{font:14px/1.5 sans-serif;color:#1f2328;background:#fff;width:1050px;margin:24px}"
    "table{border-collapse:collapse}td,th{border:1px solid #d1d9e0;padding:5px 12px}"
    "code{background:#f0f2f4;padding:1px 4px}pre code{display:block;padding:8px}"
)


def main(folder: Path) -> None:
    """Write every picture into `folder`."""
    with tempfile.TemporaryDirectory() as scratch:
        project = Path(scratch, "recording")
        demo(project)
        _edit(project / "environments/dev/environment.yaml", "retention: 7d", "retention: 14d")
        _terminal(project, folder / "plan.svg", "plan", "dev")
        run(project, "console", "edit", "dev/video-call", "mode=manual")
        _terminal(project, folder / "drift.svg", "drift", "dev")
        run(project, "plan", "dev", "--base", "HEAD", "--out", "plan.json")
        _photograph(_page(run(project, "report", "plan.json", "--format", "markdown")), folder / "comment.png", 760)
        _photograph(run(project, "report", "plan.json", "--format", "html"), folder / "report.png", 900)


def demo(project: Path) -> None:
    """This repository's specs in a folder of their own, applied to its simulated console and committed."""
    project.mkdir()
    for name in ("environments", "templates", "CODEOWNERS"):
        _copy(ROOT / name, project / name)
    run(project, "apply", "dev", "--yes")
    for command in (
        ["init", "-q"],
        ["add", "environments", "templates", "CODEOWNERS"],
        [*_IDENTITY, "commit", "-qm", "specs"],
    ):
        subprocess.run(["git", *command], cwd=project, check=True)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _edit(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")


def _command(arguments: Sequence[str]) -> list[str]:
    return [str(Path(sys.executable).with_name("provisioner")), *arguments]


def run(project: Path, *arguments: str) -> str:
    """What a command writes to stdout."""
    ran = subprocess.run(_command(arguments), cwd=project, stdout=subprocess.PIPE, text=True, check=True)
    return ran.stdout


def _terminal(project: Path, target: Path, *arguments: str) -> None:
    """What a command shows on a terminal, in its colours."""
    write_atomically(target, terminal_svg(arguments, seen(project, arguments)))


def seen(project: Path, arguments: Sequence[str]) -> str:
    """What a command writes to a terminal, escape sequences and all."""
    master, slave = pty.openpty()
    variables = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(_COLUMNS)}
    variables.pop("NO_COLOR", None)
    process = subprocess.Popen(_command(arguments), cwd=project, env=variables, stdout=slave, stderr=slave, stdin=slave)
    os.close(slave)
    shown = b""
    try:
        while chunk := os.read(master, 65536):
            shown += chunk
    except OSError:
        pass  # Linux says so when the terminal's other end is gone
    process.wait()
    return shown.decode().replace("\r\n", "\n")


def terminal_svg(arguments: Sequence[str], shown: str) -> bytes:
    """A picture of a terminal on which a command has shown something."""
    console = Console(record=True, width=_COLUMNS, file=io.StringIO())
    console.print(Text.from_ansi(f"$ provisioner {' '.join(arguments)}\n{shown}"))
    svg = console.export_svg(title="trtc-recording", unique_id="terminal")
    return _FONTS.sub("", svg).encode()


def _page(text: str) -> str:
    body = markdown.markdown(text, extensions=["fenced_code", "tables", "md_in_html"])
    return f"<!doctype html><meta charset=utf-8><style>{_STYLE}</style>{body}"


def _photograph(html: str, target: Path, height: int) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print(f"{target}: not taken, there is no Chromium", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch, "page.html")
        page.write_text(html, "utf-8")
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size=1100,{height}"]
        taken = Path(scratch, "taken.png")
        command = [chromium, *options, f"--user-data-dir={scratch}/profile", f"--screenshot={taken}", page.as_uri()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        write_atomically(target, taken.read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
