"""Git around us: other repositories' variables, clones that lack something, names in no encoding, and who commits."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.foundation import git
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.specs.documents.revision import checked_out

Shell = Callable[..., str]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Git as somebody types it, in `repository/` unless told otherwise, with an account's settings of its own."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "repository").mkdir()

    def run(*arguments: str, at: str = "repository") -> str:
        command = ["git", *arguments]
        ran = subprocess.run(
            command, cwd=tmp_path / at, env=git.environment(os.environ), capture_output=True, check=True
        )
        return ran.stdout.decode("utf-8", "surrogateescape").strip()

    run("config", "--global", "user.name", "Kim")
    run("config", "--global", "user.email", "kim@example.com")
    run("init", "-q", "-b", "main")
    return run


@pytest.fixture
def repository(shell: Shell, tmp_path: Path) -> Path:
    """Two commits: without the project's folder `infra/rec`, and with it."""
    root = tmp_path / "repository"
    (root / "README").write_text("one\n")
    _commit(shell, "one")
    (root / "infra/rec/templates").mkdir(parents=True)
    (root / "infra/rec/templates/a.yaml").write_text("a\n")
    _commit(shell, "two")
    return root


def _commit(shell: Shell, message: str) -> str:
    shell("add", "-A")
    shell("commit", "-qm", message)
    return shell("rev-parse", "HEAD")


def test_a_folder_knows_its_way_from_the_root(repository: Path, tmp_path: Path) -> None:
    place = git.place_of(repository / "infra/rec")
    assert (place.top, place.below, place.path("templates/a.yaml")) == (
        repository.resolve(),
        "infra/rec/",
        "infra/rec/templates/a.yaml",
    )
    assert git.place_of(repository).below == ""
    assert git.place_of(tmp_path) == git.Place(tmp_path.resolve(), "")


@pytest.mark.parametrize("place", ["infra/rec", "../worktree/infra/rec"])
def test_another_repositorys_variables_mean_nothing(
    repository: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """As in a hook: Git exports where it works, and every path would begin elsewhere."""
    shell("worktree", "add", "-q", "-b", "other", str(tmp_path / "worktree"))
    folder = repository / place
    commit = git.commit_of(folder, "HEAD")
    for name, value in {
        "GIT_DIR": str(repository / ".git/worktrees/worktree"),
        "GIT_WORK_TREE": str(tmp_path),
        "GIT_INDEX_FILE": str(tmp_path / "no-index"),
        "GIT_PREFIX": "infra/",
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "no-objects"),
        "GIT_COMMON_DIR": str(tmp_path),
        "GIT_NAMESPACE": "other",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_TRACE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    assert git.commit_of(folder, "HEAD") == commit
    assert [
        (blob.path, blob.content) for blob in git.read_files(folder, git.listed_files(folder, commit, ["templates"]))
    ] == [("templates/a.yaml", b"a\n")]
    assert git.clean_head(folder, ["templates"]) == commit


def test_who_commits_and_how_git_is_configured_is_passed_on() -> None:
    meant = {"GIT_AUTHOR_NAME": "Kim", "GIT_CONFIG_COUNT": "0", "GIT_SSH_COMMAND": "ssh -4", "PATH": "/bin"}
    given = git.environment({**meant, "GIT_DIR": "x", "GIT_CONFIG": "x", "LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"})
    assert given == {**meant, "LC_ALL": "C", "LANGUAGE": "", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(git.NoRepository, match="no Git repository here"):
        git.commit_of(tmp_path, "HEAD")
    with pytest.raises(git.NoRepository):
        git.check_new_branch(tmp_path, "promotion")
    assert git.clean_head(tmp_path, ["x"]) == ""
    assert git.commits(tmp_path, "", ["x"]) is None


def test_a_repository_of_another_account(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    passed_on = (*git._PASSED_ON, "GIT_TEST_")
    monkeypatch.setattr(git, "_PASSED_ON", passed_on)
    with pytest.raises(git.DubiousOwnership) as caught:
        git.commit_of(repository / "infra/rec", "HEAD")
    assert f"safe.directory '{repository.resolve()}'" in str(caught.value)


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(git.GitMissing, match="Install Git"):
        git.commit_of(repository, "HEAD")
    assert git.identity(repository) == ""
    assert git.clean_head(repository, ["README"]) == ""


@pytest.mark.parametrize("digits", [40, 64])
def test_zeros_are_what_was_before_a_branch(repository: Path, digits: int) -> None:
    with pytest.raises(git.UnknownCommit, match="zeros for what was before a new branch"):
        git.commit_of(repository, "0" * digits)


@pytest.mark.parametrize("ref", ["nope", "--help", "main:README", "HEAD~99", "", "1" * 40, "\0", "mäin"])
def test_a_commit_that_nobody_knows(repository: Path, ref: str) -> None:
    with pytest.raises(git.GitError, match=r"Git knows no commit|cannot be run") as caught:
        git.commit_of(repository, ref)
    assert "shallow" not in str(caught.value)


def test_a_shallow_clone_says_so(repository: Path, shell: Shell, tmp_path: Path) -> None:
    shell("clone", "-q", "--depth=1", f"file://{repository}", str(tmp_path / "shallow"))
    with pytest.raises(git.UnknownCommit, match=r"this clone is shallow\n.*--unshallow"):
        git.commit_of(tmp_path / "shallow", "HEAD~1")


def test_a_blobless_clone_fetches_and_says_where_it_cannot(repository: Path, shell: Shell, tmp_path: Path) -> None:
    shell("config", "uploadpack.allowFilter", "true")
    shell("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repository}", str(tmp_path / "blobless"))
    shell("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{repository}", str(tmp_path / "alone"))
    commit = shell("rev-parse", "HEAD")
    assert [blob.content for blob in git.files_from_top(tmp_path / "blobless", commit, ["README"])] == [b"one\n"]
    shell("remote", "set-url", "origin", str(tmp_path / "gone"), at="alone")
    with pytest.raises(git.GitError):
        git.files_from_top(tmp_path / "alone", commit, ["README"])


def test_a_base_without_the_projects_folder_is_no_empty_base(repository: Path) -> None:
    folder = repository / "infra/rec"
    first = git.commit_of(folder, "HEAD~1")
    with pytest.raises(git.MissingFolder, match="has no folder infra/rec/: there is nothing to compare with"):
        git.read_files(folder, git.listed_files(folder, first, ["templates"]))
    assert git.read_files(repository, git.listed_files(repository, first, ["templates"])) == []


def test_files_from_the_top(repository: Path) -> None:
    commit = git.commit_of(repository, "HEAD")
    found = git.files_from_top(repository / "infra/rec", commit, ["README", "CODEOWNERS", "*"])
    assert [(blob.path, blob.mode) for blob in found] == [("README", "100644")]


def _tree(shell: Shell, *entries: tuple[str, str, str]) -> str:
    """A tree of entries (mode, name, object), whatever Git itself thinks of their names."""
    data = b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(of) for mode, name, of in entries)
    (Path("tree")).write_bytes(data)
    return shell("hash-object", "-t", "tree", "-w", "--literally", str(Path("tree").absolute()))


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([("100644", "..", "BLOB")], "a file that leaves its tree: templates/.."),
        ([("40000", "..", "TREE")], "a file that leaves its tree: templates/../x"),
        ([("40000", ".GIT", "TREE")], "a file that leaves its tree: templates/.GIT/x"),
        ([("120000", "call", "BLOB"), ("40000", "call", "TREE")], "a file behind a link: templates/call/x"),
        ([("100644", "x", "BLOB"), ("100755", "x", "BLOB")], "two files of one name"),
    ],
)
def test_a_tree_that_reaches_out_is_refused(
    repository: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch, entries: list[tuple[str, str, str]], told: str
) -> None:
    """No Git makes such a commit, and anybody can send one."""
    monkeypatch.chdir(repository.parent)
    Path("away").write_text(str(repository.parent))
    blob = shell("hash-object", "-w", str(Path("away").absolute()))
    objects = {"BLOB": blob, "TREE": _tree(shell, ("100644", "x", blob))}
    templates = _tree(shell, *((mode, name, objects[of]) for mode, name, of in entries))
    commit = shell("commit-tree", "-m", "odd", _tree(shell, ("40000", "templates", templates)))
    with pytest.raises(git.GitError, match=re.escape(told)):
        git.read_files(repository, git.listed_files(repository, commit, ["templates"]))
    with pytest.raises(git.GitError, match=re.escape(told)), checked_out(repository, commit):
        pass


@pytest.mark.parametrize("variables", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_names_in_no_encoding(repository: Path, shell: Shell, variables: dict[str, str]) -> None:
    """Under any locale a name is the bytes that it is on disk."""
    name = b"templates/caf\xc3\xa9 \xff\n\t.yaml"
    folder = repository / "infra/rec"
    (folder / os.fsdecode(name)).write_bytes(b"b\n")
    commit = _commit(shell, "odd")
    program = (
        "import os, sys; from pathlib import Path; from provisioner.foundation import git\n"
        "root = Path(sys.argv[1]); found = git.read_files(root, git.listed_files(root, sys.argv[2], ['templates']))\n"
        "print([os.fsencode(blob.path) for blob in found], git.clean_head(Path(sys.argv[1]), ['templates']))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(folder), commit],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout.strip(), ran.stderr) == (f"{[b'templates/a.yaml', name]} {commit}", "")


def test_the_newest_commit_counts_while_the_files_are_as_in_it(repository: Path) -> None:
    commit = git.commit_of(repository, "HEAD")
    (repository / "README").write_text("edited\n")
    assert git.clean_head(repository, ["infra"]) == commit
    assert git.clean_head(repository, ["README"]) == ""


def test_commits_are_told_newest_first(repository: Path, shell: Shell) -> None:
    (repository / "README").write_text("\u2028\x1b[31m\n")
    _commit(shell, "red \x1b[31m \u2028 ink")
    told = git.commits(repository, "", ["README"])
    assert told is not None
    assert [line.partition(" ")[2] for line in told] == ["red \\u001b[31m \\u2028 ink", "one"]
    assert git.commits(repository, "HEAD~1", ["infra"]) == []
    assert git.commits(repository, "f" * 40, ["infra"]) is None


def test_a_commit_on_a_new_branch(repository: Path, shell: Shell) -> None:
    git.check_new_branch(repository / "infra/rec", "promotion")
    (repository / "infra/rec/templates/b.yaml").write_text("b\n")
    git.commit_on(repository / "infra/rec", "promotion", ["templates/b.yaml"], "Promote ünits\n\nBody")
    assert shell("log", "-1", "--format=%D %an %B") == "HEAD -> promotion Kim Promote ünits\n\nBody"
    assert shell("status", "--porcelain") == ""
    with pytest.raises(UsageError, match="the branch main exists already"):
        git.check_new_branch(repository, "main")
    with pytest.raises(UsageError, match="no name for a branch"):
        git.check_new_branch(repository, "-x..y")
    (repository / "a\nb").write_text("")
    with pytest.raises(ConflictError, match=r"not clean \(\?\? a\\u000ab\)"):
        git.check_new_branch(repository, "another")


@pytest.mark.parametrize("detached", [False, True])
def test_a_commit_that_a_hook_refuses_leaves_the_branch_as_it_was(
    repository: Path, shell: Shell, detached: bool
) -> None:
    if detached:
        shell("checkout", "-q", "--detach")
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no such thing >&2; exit 1\n")
    hook.chmod(0o755)
    (repository / "README").write_text("two\n")
    before = shell("rev-parse", "HEAD")
    with pytest.raises(git.GitError, match="git commit: no such thing"):
        git.commit_on(repository, "promotion", ["README"], "Promote")
    assert (shell("rev-parse", "HEAD"), shell("branch", "--list", "promotion")) == (before, "")
    assert shell("rev-parse", "--abbrev-ref", "HEAD") == ("HEAD" if detached else "main")
    assert shell("status", "--porcelain") == "M README"


def test_a_branch_needs_somebody_who_commits(repository: Path, shell: Shell) -> None:
    shell("config", "--global", "--unset", "user.name")
    shell("config", "--global", "--unset", "user.email")
    shell("config", "--global", "user.useConfigOnly", "true")
    assert git.identity(repository) == ""
    with pytest.raises(git.NoIdentity, match=r"who commits\n.*git config user\.name"):
        git.check_new_branch(repository, "promotion")


def test_an_empty_repository_has_nothing_to_branch_from(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(git.GitError, match="no commit yet"):
        git.check_new_branch(tmp_path / "repository", "promotion")


def test_a_name_without_an_address_is_a_name(repository: Path, shell: Shell) -> None:
    assert git.identity(repository) == "Kim <kim@example.com>"
    shell("config", "--global", "--unset", "user.email")
    assert git.identity(repository) == "Kim"


def test_no_other_module_starts_git() -> None:
    """Nor any program but Pulumi's and ssh-keygen: a call elsewhere would inherit a hook's repository."""
    package = Path(git.__file__).parents[1]
    starters = {
        module.relative_to(package).as_posix()
        for module in package.rglob("*.py")
        if re.search(r"\bsubprocess\b|\bos\.(system|popen|exec|spawn|posix_spawn)|\bpty\b", module.read_text("utf-8"))
    }
    pulumi = {"cli_install.py", "local_run.py", "language_host/__main__.py"}
    assert starters == {"foundation/git.py", "foundation/ssh_signature.py", *(f"provider/{file}" for file in pulumi)}
    for module in starters - {"foundation/git.py"}:
        assert '"git"' not in (package / module).read_text("utf-8")
