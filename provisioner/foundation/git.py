"""Git, started nowhere else: which repository a folder lies in, what a commit holds, and one commit on a new branch.

A call knows its repository by the folder that it is given and by nothing else: what a hook's Git exports about its
own (GIT_DIR, GIT_INDEX_FILE, ...) is not passed on. Arguments are lists, never a shell's line. Git's words are those of
the C locale, so that they can be told apart; names are the file system's bytes.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.foundation.errors import ConflictError, ProvisionerError, UsageError
from provisioner.foundation.text_safety import printable

LINK = "120000"
"""The mode of a symbolic link in a commit; its content is where it points."""

_MOST_COMMITS = 100
_PASSED_ON = (
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_CONFIG_",
    "GIT_SSH",
    "GIT_SSL_",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_ASKPASS",
    "GIT_TERMINAL_PROMPT",
    "GIT_ALLOW_PROTOCOL",
    "GIT_CEILING_DIRECTORIES",
    "GIT_EXEC_PATH",
)
"""Who commits, how Git is configured, and how it reaches a server that a partial clone left files on."""

_PROTOCOLS = ("https", "ssh", "file")
_NOWHERE = frozenset("0")
_WHOLE = "in CI the whole history (fetch-depth: 0, GIT_DEPTH: 0)"


class GitError(ProvisionerError):
    """Git cannot do what was asked."""


class GitMissing(GitError):
    """There is no git on the path."""


class NoRepository(GitError):
    """The folder lies in no repository."""


class DubiousOwnership(GitError):
    """The repository is another account's, so Git does not touch it."""


class UnknownCommit(GitError, UsageError):
    """The repository has no such commit, or not here: a clone may be shallow."""


class MissingFolder(GitError, UsageError):
    """The commit does not have the folder that is asked about."""


class NoIdentity(GitError):
    """Git does not know who commits."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in its repository: `top` is the work tree's, `below` the way down from there, `''` or `infra/rec/`."""

    top: Path
    below: str

    def path(self, file: str) -> str:
        """A path from the folder as one from the repository's root, which is what a forge knows."""
        return f"{self.below}{file}"


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a commit that was not read: its path as the file system would name it, its mode, its content's id."""

    path: str
    mode: str
    digest: str


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as a commit has it: its path as the file system would name it, its mode, its bytes."""

    path: str
    mode: str
    content: bytes


def place_of(folder: Path) -> Place:
    """Where `folder` lies, by the next `.git` above it; starts nothing. Outside of a repository it is its own top."""
    folder = folder.resolve()
    top = next((above for above in (folder, *folder.parents) if (above / ".git").exists()), folder)
    return Place(top, "" if folder == top else f"{folder.relative_to(top).as_posix()}/")


def commit_of(folder: Path, ref: str) -> str:
    """The commit that `ref` names in the folder's repository, as 40 or 64 hex digits. Raises GitError."""
    if ref and frozenset(ref) == _NOWHERE and len(ref) in (40, 64):
        raise UnknownCommit(
            f"{ref[:12]}... is no commit: a forge writes zeros for what was before a new branch",
            fix="Name the branch that this one began at, such as origin/main.",
        )
    found = _ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found is not None:
        return found.decode()
    fix = f"Name a branch, a tag or a commit; fetch it first (`git fetch origin main`, {_WHOLE})."
    told = f'Git knows no commit "{printable(ref)}" here'
    if _git(folder, "rev-parse", "--is-shallow-repository") == b"true":
        fix = f"Fetch the rest: `git fetch --unshallow`; {_WHOLE}."
        told += ": this clone is shallow"
    raise UnknownCommit(told, where=str(folder), fix=fix)


def listed_files(folder: Path, commit: str, paths: Sequence[str]) -> list[TreeFile]:
    """The files of `commit` at or below `paths`, which begin at `folder` as the results do. Raises GitError.

    A path that the commit lacks adds nothing; a `folder` that it lacks is an error, because all would seem new.
    Not `git archive`: attributes may leave files out of it, or rewrite them.
    """
    if (below := place_of(folder).below) and _ask(folder, "cat-file", "-e", f"{commit}:./") is None:
        raise MissingFolder(
            f"commit {commit[:12]} has no folder {printable(below)}: there is nothing to compare with",
            where=str(folder),
            fix="Name a commit that has the project in this folder.",
        )
    return _listed(folder, _git(folder, "--literal-pathspecs", "ls-tree", "-r", "-z", commit, "--", *paths))


def digest_of(content: bytes, like: str) -> str:
    """The id that Git gives such a file, in a repository that has the id `like`."""
    return hashlib.new("sha1" if len(like) == 40 else "sha256", b"blob %d\0" % len(content) + content).hexdigest()


def files_from_top(folder: Path, commit: str, paths: Sequence[str]) -> list[Blob]:
    """As `listed_files`, with contents, and with paths that begin at the repository's root."""
    listing = _git(folder, "--literal-pathspecs", "ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    return read_files(folder, _listed(folder, listing))


def fetched_files(url: str, commit: str, folder: str = "") -> list[Blob]:
    """The files of a commit of another repository, below `folder` or all, with paths from its root. Raises GitError.

    Fetches into a folder that goes away afterwards. https, ssh and file are spoken, and nobody is asked for a password.
    """
    from tempfile import TemporaryDirectory  # 20 ms that only this costs

    with TemporaryDirectory(prefix="trtc-fetch-") as scratch:
        place = Path(scratch)
        _git(place, "init", "--quiet", "--bare")
        speaks = [word for way in _PROTOCOLS for word in ("-c", f"protocol.{way}.allow=always")]
        fetch = ("-c", "protocol.allow=never", *speaks, "-c", "core.askPass=", "fetch", "--quiet", "--no-tags")
        try:
            _git(place, *fetch, "--depth=1", "--end-of-options", url, commit)
        except GitError:
            # A server may not give single commits away: everything that branches hold, then.
            _git(place, *fetch, "--end-of-options", url, "+refs/heads/*:refs/remotes/origin/*")
        return files_from_top(place, commit_of(place, commit), [folder] if folder else [])


def names_from_top(folder: Path, commit: str, paths: Sequence[str]) -> frozenset[str]:
    """Those of `paths`, files or folders, that `commit` has at the repository's root."""
    names = ("--literal-pathspecs", "ls-tree", "-z", "--name-only", "--full-tree", commit, "--", *paths)
    return frozenset(os.fsdecode(name) for name in _git(folder, *names).split(b"\0") if name)


def file_ids(folder: Path, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """What identifies the content of each file of `commit` at or below `paths`, which begin at `folder`."""
    listing = _git(folder, "--literal-pathspecs", "ls-tree", "-r", "-z", commit, "--", *paths)
    entries = [entry.partition(b"\t") for entry in listing.split(b"\0") if entry]
    return {
        os.fsdecode(path): _file_id(head.split()[0].decode(), head.split()[2].decode()) for head, _, path in entries
    }


def work_tree_ids(folder: Path, commit: str, paths: Sequence[str]) -> dict[str, str]:
    """As `file_ids`, of the work tree: files that are tracked or could be. `commit` tells how Git digests here."""
    options = ("--cached", "--others", "--exclude-standard")
    listing = _git(folder, "--literal-pathspecs", "ls-files", "-z", *options, "--", *paths)
    found = {}
    for name in {os.fsdecode(entry) for entry in listing.split(b"\0") if entry}:
        path = folder / name
        try:
            link = path.is_symlink()
            content = os.fsencode(path.readlink()) if link else path.read_bytes()
        except OSError:
            continue  # deleted, or nothing that Git would hold
        found[name] = _file_id(LINK if link else "", digest_of(content, commit))
    return found


def _file_id(mode: str, digest: str) -> str:
    return f"link {digest}" if mode == LINK else digest


def first_parents(folder: Path, commit: str, paths: Sequence[str], most: int) -> list[str]:
    """`commit` and those before it on its branch, newest first, that touched `paths`; at most `most`."""
    options = ("--first-parent", f"--max-count={most}", "--format=%H")
    return _git(folder, "--literal-pathspecs", "log", *options, commit, "--", *paths).decode().split()


def clean_head(folder: Path, paths: Sequence[str]) -> str:
    """The newest commit, if it has `paths` as the work tree does; '' where they were edited, or outside of Git."""
    try:
        if _git(folder, "status", "--porcelain", "--", *paths):
            return ""
        return (_ask(folder, "rev-parse", "--verify", "--quiet", "HEAD") or b"").decode()
    except GitError:
        return ""


def commits(folder: Path, since: str, paths: Iterable[str]) -> list[str] | None:
    """Commits that touched `paths` after `since` ('': ever), newest first, as `hash subject`; None where unknown."""
    known = f"{since}..HEAD" if since else "HEAD"
    try:
        log = _git(folder, "log", f"--max-count={_MOST_COMMITS}", "--format=%h %s", known, "--", *paths)
    except GitError:
        return None
    return [printable(line) for line in log.decode("utf-8", "replace").split("\n") if line]


def identity(folder: Path) -> str:
    """`Name <address>` as Git is configured to commit; what is not set is left out, and '' is nothing at all."""
    try:
        name, mail = (
            (_ask(folder, "config", "--get", key) or b"").decode("utf-8", "replace").strip()
            for key in ("user.name", "user.email")
        )
    except GitError:
        return ""  # no Git, no name
    return f"{name} <{mail}>" if name and mail else name or mail


def check_new_branch(folder: Path, branch: str) -> None:
    """Whether `commit_on` could work. Raises UsageError for a name that is none or is taken, ConflictError where the
    work tree is not clean, GitError."""
    _git(folder, "rev-parse", "--git-dir")
    if _ask(folder, "check-ref-format", "--branch", branch) is None:
        raise UsageError(f'"{printable(branch)}" is no name for a branch')
    if _is_branch(folder, branch):
        raise UsageError(f"the branch {branch} exists already", fix="Choose another name, or delete that branch first.")
    if _ask(folder, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        raise GitError("the repository has no commit yet, so no branch can start here", fix="Commit first.")
    if dirty := _git(folder, "status", "--porcelain", "-z"):
        first = printable(os.fsdecode(dirty.split(b"\0")[0]))
        raise ConflictError(
            f"the work tree is not clean ({first})", fix="Commit or stash first: the branch starts here."
        )
    _git(folder, "var", "GIT_COMMITTER_IDENT")


def commit_on(folder: Path, branch: str, paths: Sequence[str], message: str, key: Path | None = None) -> None:
    """Commit `paths`, which are written already, on a new `branch`; signed, where an SSH `key` is given.

    Raises GitError, back on the branch before.
    """
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingKey={key.resolve()}") if key else ()
    before = _git(folder, "rev-parse", "--abbrev-ref", "HEAD").decode("utf-8", "surrogateescape")
    before = before if before != "HEAD" else _git(folder, "rev-parse", "HEAD").decode()
    _git(folder, "switch", "--quiet", "--create", branch)
    try:
        _git(folder, "--literal-pathspecs", "add", "--", *paths)
        sign = ("--gpg-sign",) if key else ()
        _git(folder, *signing, "commit", "--quiet", *sign, "--file=-", given=message.encode())
    except GitError:
        _git(folder, "reset", "--quiet")
        _git(folder, "switch", "--quiet", *([] if _is_branch(folder, before) else ["--detach"]), before)
        _git(folder, "branch", "--quiet", "-D", branch)
        raise


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """`variables` as Git is started with: without another repository's, and with words that can be told apart."""
    kept = {
        name: value for name, value in variables.items() if not name.startswith("GIT_") or name.startswith(_PASSED_ON)
    }
    # Without GIT_OPTIONAL_LOCKS a look would take the index's lock from whoever is working.
    return {"GIT_TERMINAL_PROMPT": "0", **kept, "LC_ALL": "C", "LANGUAGE": "", "GIT_OPTIONAL_LOCKS": "0"}


def _is_branch(folder: Path, name: str) -> bool:
    return _ask(folder, "show-ref", "--verify", "--quiet", f"refs/heads/{name}") is not None


def _listed(folder: Path, listing: bytes) -> list[TreeFile]:
    """The files of a listing of `ls-tree -z`; submodules are none."""
    entries = (entry.partition(b"\t") for entry in listing.split(b"\0") if entry)
    found = [(head.decode().split(), os.fsdecode(path)) for head, _, path in entries]
    if odd := _astray(path for _, path in found):
        raise GitError(f"the commit has a file that leaves its tree: {printable(odd)}", where=str(folder))
    if odd := _behind_links({path: fields[0] for fields, path in found}):
        raise GitError(f"the commit has a file behind a link: {printable(odd)}", where=str(folder))
    if len({path for _, path in found}) < len(found):
        raise GitError("the commit has two files of one name", where=str(folder))
    return [TreeFile(path, mode, digest) for (mode, kind, digest), path in found if kind == "blob"]


def read_files(folder: Path, files: Sequence[TreeFile]) -> list[Blob]:
    """Listed files with their contents. Raises GitError."""
    contents = read_contents(folder, [file.digest for file in files])
    return [Blob(file.path, file.mode, content) for file, content in zip(files, contents, strict=True)]


def _astray(paths: Iterable[str]) -> str:
    """The first path that could lead out of its tree, or to Git's own files; '' where none does."""
    return next((path for path in paths if {"", ".", "..", ".git"} & set(path.lower().split("/"))), "")


def _behind_links(modes: Mapping[str, str]) -> str:
    """The first path of which a folder is a link in the same commit: to write it would write elsewhere."""
    links = {path for path, mode in modes.items() if mode == LINK}
    for path in modes if links else ():
        parts = path.split("/")
        if any("/".join(parts[:depth]) in links for depth in range(1, len(parts))):
            return path
    return ""


def read_contents(folder: Path, digests: Sequence[str]) -> Iterator[bytes]:
    """What Git keeps by these ids, in order, from one process. Raises GitError."""
    asked = "".join(f"{digest}\n" for digest in digests).encode()
    answer = _git(folder, "cat-file", "--batch", given=asked, whole=True) if digests else b""
    start = 0
    for _ in digests:
        head, _, _ = answer[start : start + 200].partition(b"\n")
        if head.endswith(b" missing"):
            raise GitError("this clone lacks files of that commit, and its server did not send them", where=str(folder))
        size = int(head.split()[2])
        start += len(head) + 1
        yield answer[start : start + size]
        start += size + 1


def _ask(folder: Path, *arguments: str) -> bytes | None:
    """As `_git`; None where the answer is no, without a complaint about the repository."""
    ran = _run(folder, arguments)
    if ran.returncode == 0:
        return ran.stdout.rstrip(b"\n")
    if (error := _known(folder, ran.stderr)) is not None:
        raise error
    return None


def _git(folder: Path, *arguments: str, given: bytes | None = None, whole: bool = False) -> bytes:
    """What Git says, without its last line end unless it is wanted `whole`. Raises GitError."""
    ran = _run(folder, arguments, given)
    if ran.returncode == 0:
        return ran.stdout if whole else ran.stdout.rstrip(b"\n")
    if (error := _known(folder, ran.stderr)) is not None:
        raise error
    words = zip(("", *arguments), arguments, strict=False)
    command = next(word for before, word in words if before != "-c" and not word.startswith("-"))
    said = "; ".join(line for line in ran.stderr.decode("utf-8", "replace").split("\n") if line.strip())
    raise GitError(f"git {command}: {printable(said) or f'exit code {ran.returncode}'}", where=str(folder))


def _run(folder: Path, arguments: Sequence[str], given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            env=environment(os.environ),
            check=False,
        )
    except FileNotFoundError:
        raise GitMissing("git is not on the path", fix="Install Git.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in an argument
        raise GitError(f"git cannot be run: {printable(str(error))}") from None


def _known(folder: Path, complaint: bytes) -> GitError | None:
    """The error behind what Git says, where it is one that people meet."""
    where = printable(str(folder))
    if b"dubious ownership" in complaint:
        top = printable(str(place_of(folder).top))
        fix = f"If you trust it: git config --global --add safe.directory '{top}'"
        return DubiousOwnership(
            "Git does not trust this repository: its files are another account's", where=where, fix=fix
        )
    if b"not a git repository" in complaint:
        return NoRepository("there is no Git repository here", where=where, fix="Run it in a clone of the repository.")
    if b"Please tell me who you are" in complaint or b"empty ident" in complaint or b"no email was given" in complaint:
        fix = "git config user.name 'Your Name' && git config user.email you@example.com"
        return NoIdentity("Git does not know who commits", where=where, fix=fix)
    return None
