"""Build the Pulumi CLI and its YAML language host from the Go module proxy: `python -m deploy.engine.build`.

`cli/` and `yaml/` are Go modules that pin every source by hash. The result lies outside the checkout, in a folder named
by the CLI's version, where `provisioner.provider.cli_install` finds it; a finished one is not built again. The Python
language host is in no module proxy: `provisioner/provider/language_host` stands in for it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from provisioner.provider.cli_install import cache_folder

_HERE = Path(__file__).resolve().parent
_LANGUAGE_HOST = _HERE.parents[1] / "provisioner" / "provider" / "language_host"
_CLI = "github.com/pulumi/pulumi/pkg/v3"
_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_YAML_HOST = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
COST = "about 8 CPU minutes, a download of 200 MB and 2 GB of Go's own cache, once for a version"


def cli_version() -> str:
    """The version that `cli/go.mod` pins, such as `3.276.0`."""
    found = re.search(rf"{re.escape(_CLI)} v(\S+)", (_HERE / "cli" / "go.mod").read_text("utf-8"))
    assert found, "cli/go.mod pins the CLI"
    return found[1]


def build() -> Path:
    """The folder with `bin/pulumi`, built where it is not there yet. Raises CalledProcessError where Go says no."""
    version = cli_version()
    folder = cache_folder() / f"pulumi-{version}"
    if not (folder / "bin" / "pulumi").exists():
        _build(version, folder)
    # Refreshed each time: it belongs to this checkout, not to the CLI's version.
    shutil.copytree(
        _LANGUAGE_HOST, folder / "language_host", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(_LANGUAGE_HOST / "pulumi-language-python", folder / "bin")
    return folder


def _build(version: str, folder: Path) -> None:
    print(f"Building the Pulumi CLI {version} into {folder}: {COST}", file=sys.stderr, flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Built beside its place and moved there whole, so that a build that was stopped leaves nothing half done.
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="building-") as scratch:
        binaries = Path(scratch, "bin")
        _go_build("cli", f"{_CLI}/cmd/pulumi", binaries / "pulumi", f"-X {_VERSION_VARIABLE}=v{version}")
        _go_build("yaml", _YAML_HOST, binaries / "pulumi-language-yaml", "")
        folder.mkdir(exist_ok=True)
        binaries.replace(folder / "bin")


def _go_build(module: str, package: str, target: Path, ld_flags: str) -> None:
    go = shutil.which("go")
    if go is None:
        sys.exit("make engine needs Go, which is not on PATH: https://go.dev/doc/install, or Debian's package golang")
    command = [go, "build", "-mod=readonly", "-o", str(target), "-ldflags", f"-s -w {ld_flags}".strip(), package]
    subprocess.run(command, cwd=_HERE / module, check=True)


def main() -> None:
    """Build and print where the CLI is."""
    try:
        folder = build()
    except subprocess.CalledProcessError:
        sys.exit("Go could not build the Pulumi CLI; what it said stands above. `make up` goes on without an engine.")
    print(folder / "bin" / "pulumi")


if __name__ == "__main__":
    main()
