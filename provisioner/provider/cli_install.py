"""The Pulumi CLI, which no Python package carries: on PATH, built by `make engine`, or the official release.

`python -m provisioner.provider.cli_install` prints the path of a usable `pulumi`. Where none can be had,
it says so in two lines on stderr and exits 1. A job that can identify itself to a cloud installs nothing that is not
pinned by hash: there the release's SHA-256 is asked for (`TRTC_PULUMI_SHA256`), and no installer's script is run.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pulumi.automation import InvalidVersionError, PulumiCommand
from semver import VersionInfo

# The engine this provider was tried on: installed where there is none, and the oldest that is used.
VERSION = VersionInfo.parse("3.260.0")
# Seen from the project's root, where make runs everything.
FOLDER = Path(".pulumi-cli")

DIGEST = "TRTC_PULUMI_SHA256"
"""The variable with the SHA-256 of the release's archive for this machine, as the release's page lists it."""

_RELEASES = "https://get.pulumi.com/releases/sdk"
_MOST_BYTES = 1 << 30
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
    """Install the official release into `.pulumi-cli/`; None where it cannot be had, or may not be."""
    digest = os.environ.get(DIGEST, "").strip().lower()
    if not digest and has_identity(os.environ):
        print(f"This job can identify itself, so nothing unhashed is installed: set {DIGEST} to the", file=sys.stderr)
        print(f"SHA-256 of {archive_name()}, or have pulumi on the runner's PATH.", file=sys.stderr)
        return None
    if not _reachable():
        return None
    print(f"Installing the Pulumi CLI {VERSION} into {FOLDER}/", file=sys.stderr)
    try:
        if digest:
            _install_pinned(digest)
        else:
            PulumiCommand.install(str(FOLDER.absolute()), VERSION)
    except subprocess.CalledProcessError as error:
        print(error.output.decode(errors="replace").rstrip(), file=sys.stderr)
    except (OSError, InvalidVersionError, tarfile.TarError) as error:
        print(error, file=sys.stderr)
    return find()


def has_identity(variables: Mapping[str, str]) -> bool:
    """Whether this is a job that a cloud may trust: what runs in it could take the identity along.

    GitHub names the right to ask for a token; GitLab's tokens have names of the job's choice.
    """
    return "ACTIONS_ID_TOKEN_REQUEST_TOKEN" in variables or "GITLAB_CI" in variables


def archive_name() -> str:
    """What the release's archive for this machine is called."""
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    return f"pulumi-v{VERSION}-{platform.system().lower()}-{machine}.tar.gz"


def _install_pinned(digest: str) -> None:
    """Download the archive and unpack it, if it is the one that `digest` names. Raises OSError, TarError."""
    with tempfile.TemporaryDirectory(prefix="pulumi-") as scratch:
        archive, found = Path(scratch, "archive.tar.gz"), hashlib.sha256()
        with (
            urllib.request.urlopen(f"{_RELEASES}/{archive_name()}", timeout=60) as answer,
            archive.open("wb") as file,
        ):
            while block := answer.read(1 << 20):
                found.update(block)
                if file.tell() > _MOST_BYTES:
                    raise OSError(f"{archive_name()} does not end")
                file.write(block)
        if found.hexdigest() != digest:
            raise OSError(f"{archive_name()} is another than {DIGEST} says: {found.hexdigest()}; it was not unpacked")
        with tarfile.open(archive) as tar:
            tar.extraction_filter = getattr(tarfile, "data_filter", None)  # Python before 3.11.4 has none
            tar.extractall(scratch)
        FOLDER.mkdir(exist_ok=True)
        shutil.copytree(Path(scratch, "pulumi"), FOLDER / "bin", dirs_exist_ok=True)


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
