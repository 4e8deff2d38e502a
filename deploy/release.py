"""A release, up to the point where a person publishes it: build, check, print the commands.

`python -m deploy.release [FOLDER]` builds the release files into FOLDER, `dist` by default, and looks at the version,
the changelog, the tree, the tag, and what is in the files. Exit 1 with every reason where something is amiss. Nothing
leaves the machine.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import InvalidMetadata, Metadata

from deploy import dist
from provisioner import __version__

_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)
# They name a checkout's .venv, so that they are in no wheel; pyproject.toml excludes them.
_OF_A_CHECKOUT = {"provisioner/provider/PulumiPlugin.yaml", "provisioner/provider/pulumi-resource-trtc"}


def sections(changelog: str) -> dict[str, tuple[str, str]]:
    """Day (YYYY-MM-DD, '' where there is none) and text of each section of a changelog, by version, newest first."""
    pieces = _HEADING.split(changelog)[1:]
    return {
        name: (day or "", text.strip()) for name, day, text in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
    }


def check_changelog(version: str, changelog: str) -> Iterator[str]:
    """Why the changelog does not tell of this release."""
    found = sections(changelog)
    day, text = found.get(version, ("", ""))
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"provisioner/__init__.py: {version} is no version to release; write MAJOR.MINOR.PATCH"
    if found.get("Unreleased", ("", ""))[1]:
        yield f'CHANGELOG.md: "Unreleased" holds entries; they belong under "## [{version}] - YYYY-MM-DD"'
    if not day or not text:
        yield f'CHANGELOG.md: no section "## [{version}] - YYYY-MM-DD" with entries'
    if [name for name in found if name != "Unreleased"][:1] not in ([], [version]):
        yield f"CHANGELOG.md: {version} is not the newest section; raise __version__ in provisioner/__init__.py"


def check_repository(root: Path, version: str) -> Iterator[str]:
    """Why this commit cannot be tagged as the release."""
    if changed := _git(root, "status", "--porcelain"):
        names = ", ".join(line[3:] for line in changed.splitlines()[:5])
        yield f"the working tree holds what is not committed: {names}"
    tagged = _git(root, "tag", "--list", f"v{version}", "--format", "%(objectname) %(*objectname)").split()
    if tagged and _git(root, "rev-parse", "HEAD") not in tagged:
        yield f"the tag v{version} is another commit: this version was released; raise __version__"


def check_files(root: Path, files: list[Path]) -> Iterator[str]:
    """What is wrong with the built wheel and the source archive."""
    wheel = next(file for file in files if file.suffix == ".whl")
    source = next(file for file in files if file.name.startswith("trtc_recording-") and file.suffix == ".gz")
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("provisioner/")}
        described = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = archive.read(described)
    listed = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "provisioner", "docs")
    kept = {re.sub("^docs/", "provisioner/docs/", name) for name in listed.splitlines()} - _OF_A_CHECKOUT
    yield from (f"{wheel.name}: lacks {name}" for name in sorted(kept - packed))
    yield from (f"{wheel.name}: holds {name}, which Git ignores" for name in sorted(packed - kept))
    yield from (f"{wheel.name}: {reason}" for reason in check_metadata(metadata))
    with tarfile.open(source) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = ("CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml")
    yield from (f"{source.name}: lacks {name}" for name in wanted if name not in held)


def check_metadata(content: bytes) -> Iterator[str]:
    """Why an index would refuse a wheel's METADATA, or show no page for it."""
    try:
        metadata = Metadata.from_email(content)
    except ExceptionGroup as refused:
        yield from (f"METADATA: {error}" for error in refused.exceptions if isinstance(error, InvalidMetadata))
        return
    if str(metadata.version) != __version__:
        yield f"METADATA: version {metadata.version}, but provisioner/__init__.py says {__version__}"
    if metadata.description_content_type != "text/markdown" or not metadata.description:
        yield "METADATA: no description in Markdown; pyproject.toml's `readme` gives it"


def commands(version: str, folder: Path) -> list[str]:
    """What publishes the release, for a person to run in this order."""
    ours = f"{folder}/trtc_recording-{version}"
    return [
        f"git tag --sign v{version} --message 'trtc-recording {version}'",
        f"git push origin v{version}",
        f"twine upload {ours}-py3-none-any.whl {ours}.tar.gz",
        f"gh release create v{version} --verify-tag --notes-file {folder}/notes.md {folder}/{dist.PLUGIN}-*.tar.gz",
    ]


def main() -> int:
    """Exit code: 0 where the release may be published, 1 with every reason where not."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    changelog = (dist.ROOT / "CHANGELOG.md").read_text("utf-8")
    reasons = [*check_changelog(__version__, changelog), *check_repository(dist.ROOT, __version__)]
    reasons += check_files(dist.ROOT, dist.build(folder))
    if reasons:
        print(f"{__version__} is not ready to be released:", *reasons, sep="\n  ")
        return 1
    (folder / "notes.md").write_text(f"{sections(changelog)[__version__][1]}\n", "utf-8")
    print(
        f"{folder} holds {__version__}. Nothing was published; these commands do:",
        *commands(__version__, folder),
        sep="\n  ",
    )
    return 0


def _git(root: Path, *arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
    return ran.stdout.rstrip("\n")


if __name__ == "__main__":
    sys.exit(main())
