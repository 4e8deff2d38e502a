"""Release files: a wheel, a source archive, and the provider as a plugin tarball for Pulumi.

`python -m deploy.dist [FOLDER]` writes them into FOLDER, `dist` by default. Same source, same bytes: archive
members are sorted and carry SOURCE_DATE_EPOCH (hatchling's fixed day where it is unset), no owner, no umask.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

from hatchling.builders.utils import get_reproducible_timestamp

from provisioner import __version__
from provisioner.foundation.files import write_atomically

ROOT = Path(__file__).resolve().parents[1]
PLUGIN = f"pulumi-resource-trtc-v{__version__}"
# The plugin is Python, so one archive serves them all; `pulumi plugin install --server` asks for its own by name.
PLATFORMS = ("darwin-amd64", "darwin-arm64", "linux-amd64", "linux-arm64")


def build(folder: Path) -> list[Path]:
    """Write every release file into `folder` and return their paths."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder.absolute())]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    wheel = folder / f"trtc_recording-{__version__}-py3-none-any.whl"
    archive = _archive(plugin_files(wheel))
    plugins = [folder / f"{PLUGIN}-{platform}.tar.gz" for platform in PLATFORMS]
    for plugin in plugins:
        write_atomically(plugin, archive)
    return [wheel, folder / f"trtc_recording-{__version__}.tar.gz", *plugins]


def plugin_files(wheel: Path) -> dict[str, bytes]:
    """What the tarball holds, by name: deploy/plugin, the wheel, and what pip is to install, all by hash."""
    content = wheel.read_bytes()
    pinned = (ROOT / "requirements/plugin.txt").read_bytes()
    itself = f"./{wheel.name} --hash=sha256:{hashlib.sha256(content).hexdigest()}\n"
    static = {file.name: file.read_bytes() for file in (ROOT / "deploy/plugin").iterdir() if file.is_file()}
    return {**static, wheel.name: content, "requirements.txt": pinned + itself.encode()}


def _archive(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    when = get_reproducible_timestamp()
    # No file name and a fixed time in gzip's own header, too.
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=when) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), when
            member.mode = 0o755 if content.startswith(b"#!") else 0o644
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def main() -> None:
    """Write the release files into the folder that the command names and print their paths."""
    for file in build(Path(sys.argv[1] if len(sys.argv) > 1 else "dist")):
        print(file)


if __name__ == "__main__":
    main()
