"""A PostgreSQL server for tests, where the machine has one: Debian's package, or what PATH names."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "postgres"


def binaries() -> Path | None:
    """The folder of initdb and postgres; None where there is none."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if packaged:
        return packaged[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def server(bin_folder: Path, *, durable: bool = False) -> Iterator[str]:
    """A server of its own on a socket in a folder of its own; its URL. Nothing of it is left.

    `durable`: it syncs its writes, as a measurement wants and tests do not.
    """
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        Path(folder).chmod(0o755)
        # PostgreSQL refuses to run as root, as containers do.
        run_as = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"] if os.geteuid() == 0 else []
        data = Path(folder, "data")
        data.mkdir()
        if run_as:
            shutil.chown(data, USER, USER)
            shutil.chown(folder, USER, USER)
        initdb = [*run_as, str(bin_folder / "initdb"), "-D", str(data), "-U", USER, "-A", "trust", "--no-sync"]
        subprocess.run(initdb, check=True, capture_output=True)
        options = f"-k {folder} -h '' -c fsync={'on' if durable else 'off'} -c max_connections=60"
        control = [*run_as, str(bin_folder / "pg_ctl"), "-D", str(data), "-w", "-l", f"{folder}/log"]
        subprocess.run([*control, "-o", options, "start"], check=True, capture_output=True)
        try:
            yield f"postgresql://{USER}@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, capture_output=True)
