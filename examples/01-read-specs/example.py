"""Specs as values: `python examples/01-read-specs/example.py dev` in a project's folder."""

import sys
from pathlib import Path

from provisioner.api import SpecErrors, Workspace


def main() -> int:
    """What is recorded of each application, and the line that says so; exit code 1 where specs are broken."""
    try:
        environment = Workspace.containing(Path.cwd()).environment(sys.argv[1])
    except SpecErrors as broken:
        print(broken, file=sys.stderr)  # every error of every file, each at file:line:col
        return 1
    for app in environment.applications:
        what = f"automatically, from {app.value('/recording/template')}" if app.automatic else "by its backend"
        print(f"{app.sdk_app_id} {app.name}: recorded {what} ({app.origin('/recording/mode')})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
