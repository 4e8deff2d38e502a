"""octoDNS from PyPI in a virtual environment of its own: the peer that we are measured beside."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from bench import measure


def command(name: str) -> Path:
    """One of its commands; installed once."""
    folder = measure.SCRATCH / "octodns"
    path = folder / "bin" / name
    if not path.exists():
        print("Installing octoDNS into", folder, file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pip: list[str | Path] = [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "octodns"]
        subprocess.run(pip, check=True)
    return path
