"""The Pulumi CLI, which no Python package carries: on PATH, built by `make engine`, or the official release.

`python -m provisioner.provider.cli_install` prints the path of a usable `pulumi`. Where none can be had,
it says so in two lines on stderr and exits 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from pulumi.automation import InvalidVersionError, PulumiCommand
from semver import VersionInfo

# The engine this provider was tried on: installed where there is none, and the oldest that is used.
VERSION = VersionInfo.parse("3.260.0")
# Seen from the project's root, where make runs everything.
FOLDER = Path(".pulumi-cli")

_INSTALLER = "https://get.pulumi.com/install.sh"
_PROBE = "import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=5).close()"
_PROBE_SECONDS = 8


def find_or_install() -> Path | None:
    """A usable `pulumi`, or None. An unreachable network costs `_PROBE_SECONDS` at most."""
    return find() or install()


def cache_folder() -> Path:
    """Where `make engine` puts what it builds: outside the checkout, so that all checkouts share it."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trtc-recording"


def find() -> Path | None:
    """The first `pulumi` of PATH, of `make engine` (newest first) and of `.pulumi-cli/` that runs and is new enough."""
    for root in (None, *map(str, _built()), str(FOLDER.absolute())):
        # PulumiCommand runs `pulumi version` and judges the answer as the SDK would.
        with suppress(OSError, subprocess.CalledProcessError, InvalidVersionError):
            command = PulumiCommand(root, VERSION).command
            return Path(shutil.which(command) or command)
    return None


def _built() -> list[Path]:
    """What `make engine` built, each in a folder named after its version, newest first."""
    versions = {}
    for folder in cache_folder().glob("pulumi-*"):
        with suppress(ValueError):
            versions[folder] = VersionInfo.parse(folder.name.removeprefix("pulumi-"))
    return sorted(versions, key=versions.__getitem__, reverse=True)


def install() -> Path | None:
    """Install the official release into `.pulumi-cli/`; None where it cannot be had."""
    if not _reachable():
        return None
    print(f"Installing the Pulumi CLI {VERSION} into {FOLDER}/", file=sys.stderr)
    try:
        PulumiCommand.install(str(FOLDER.absolute()), VERSION)
    except subprocess.CalledProcessError as error:
        print(error.output.decode(errors="replace").rstrip(), file=sys.stderr)
    except (OSError, InvalidVersionError) as error:
        print(error, file=sys.stderr)
    return find()


def explain(instead: str) -> str:
    """Two lines for a machine without the CLI; `instead` says what happens now."""
    go = ", or `make engine`, which builds it from Go modules in about 8 CPU minutes" if shutil.which("go") else ""
    return (
        f"No Pulumi CLI {VERSION} or newer can be had here. Official ways to install it: "
        f"`brew install pulumi/tap/pulumi`, the image pulumi/pulumi, https://www.pulumi.com/docs/install/{go}\n"
        f"{instead}"
    )


def _reachable() -> bool:
    # In a process of its own, because neither a name look-up nor the SDK's own download has a time limit.
    probe = [sys.executable, "-c", _PROBE, _INSTALLER]
    try:
        result = subprocess.run(probe, stderr=subprocess.DEVNULL, timeout=_PROBE_SECONDS, check=False)
        return result.returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main() -> None:
    """Find or install the Pulumi CLI; exit 1 with the official ways where neither works."""
    pulumi = find_or_install()
    if pulumi is None:
        sys.exit(explain("`provisioner apply ENV` carries the change out instead."))
    print(pulumi)


if __name__ == "__main__":
    main()
