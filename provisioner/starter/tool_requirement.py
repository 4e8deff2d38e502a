"""Which release of this tool a repository's jobs install: pinned, and by hash or commit where that can be known."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

from provisioner import __version__
from provisioner.foundation.errors import UsageError
from provisioner.foundation.text_safety import printable

PACKAGE = "trtc-recording"
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_COMMIT = re.compile(r"git\+(https|ssh)://[^\s@]+(?:@[^\s@/]+/[^\s@]+)?@[0-9a-f]{40}")
_WHEEL = re.compile(r"[A-Za-z0-9_.+!-]+\.whl")


@dataclass(frozen=True, slots=True)
class ToolRequirement:
    """A line for pip. `pinned`: nothing but one release fits. `wheel`: name and content, where it is kept."""

    line: str
    pinned: bool
    wheel: tuple[str, bytes] | None = None


def tool_requirement(text: str | None) -> ToolRequirement:
    """What `--tool` names: a version, a wheel's file, or `git+https://…@COMMIT`; without it, what is installed here.

    Raises UsageError for anything else, such as a branch, which moves.
    """
    if text is None:
        return _installed()
    if _VERSION.fullmatch(text):
        return ToolRequirement(f"{PACKAGE}=={text}", pinned=False)
    if _COMMIT.fullmatch(text):
        return ToolRequirement(f"{PACKAGE} @ {text}", pinned=True)
    if text.endswith(".whl"):
        return _wheel(Path(text))
    raise UsageError(
        f'--tool: "{printable(text)}" is no release',
        fix=f"Name a version ({__version__}), a wheel's file, or git+https://HOST/PATH@COMMIT with 40 hex digits.",
    )


def _wheel(path: Path) -> ToolRequirement:
    if not _WHEEL.fullmatch(path.name) or not path.name.startswith("trtc_recording-"):
        raise UsageError("is no wheel of this tool", where=printable(str(path)), fix="`make dist` builds one.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=printable(str(path))) from error
    digest = hashlib.sha256(content).hexdigest()
    return ToolRequirement(f"./requirements/{path.name} --hash=sha256:{digest}", True, (path.name, content))


def _installed() -> ToolRequirement:
    """As pip noted it (PEP 610): from a file, from a commit, or from an index, which notes nothing."""
    try:
        noted = json.loads(distribution(PACKAGE).read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        noted = {}
    if not isinstance(noted, dict):
        noted = {}
    url, commit = str(noted.get("url", "")), (noted.get("vcs_info") or {}).get("commit_id")
    if commit and _COMMIT.fullmatch(f"git+{url}@{commit}"):
        return ToolRequirement(f"{PACKAGE} @ git+{url}@{commit}", pinned=True)
    file = Path(unquote(urlsplit(url).path))
    if "archive_info" in noted and url.startswith("file:") and file.suffix == ".whl" and file.is_file():
        return _wheel(file)
    return ToolRequirement(f"{PACKAGE}=={__version__}", pinned=False)
