"""GitHub's dialect: its documented examples, and the law that a pattern owns what the same line of .gitignore names."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from provisioner.specs.codeowners.github import GITHUB, pattern
from tests.profiles import examples

# "Example of a CODEOWNERS file" on GitHub's page "About code owners", its lines as they stand there.
DOCUMENTED = """\
# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
"""


def owners(text: str, path: str) -> list[str]:
    return [owner for claim in GITHUB.read(text).claims(path) for owner in claim.owners]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("some/where/file.rb", ["@global-owner1", "@global-owner2"]),
        ("some/where/file.js", ["@js-owner"]),
        ("main.go", ["docs@example.com"]),
        ("a.txt", ["@octo-org/octocats"]),
        ("build/logs/x", ["@octocat"]),  # the later **/logs
        ("docs/getting-started.md", ["@doctocat"]),
        ("docs/build-app/troubleshooting.md", ["@doctocat"]),
        ("x/apps/y/z.rb", ["@octocat"]),
        ("scripts/x.sh", ["@doctocat", "@octocat"]),
        ("deeply/nested/logs/x", ["@octocat"]),
        ("apps/x.rb", ["@octocat"]),
        ("apps/github", []),
        ("apps/github/x.rb", []),
    ],
)
def test_the_documented_example(path: str, names: list[str]) -> None:
    assert owners(DOCUMENTED, path) == names


@pytest.mark.parametrize(
    ("line", "path", "owned"),
    [
        ("docs/*", "docs/getting-started.md", True),
        ("docs/*", "docs/build-app/troubleshooting.md", False),
        ("docs/*", "x/docs/getting-started.md", False),
        ("/*", "README", True),
        ("/*", "a/README", False),
        ("**/*", "a/b/README", True),
        ("live\\ streaming/", "live streaming/environments/prod/apps/x.yaml", True),
        ("live\\ streaming/", "live/streaming/x", False),
        ("/*/environments/prod/", "live streaming/environments/prod/apps/x.yaml", True),
        ("/*/environments/prod/", "a/b/environments/prod/apps/x.yaml", False),
        ("apps/", "apps", False),
        ("apps", "x/apps/y", True),
        ("apps/calls", "x/apps/calls", False),
        ("*.YAML", "x.yaml", False),
        ("a//b", "a/b", False),
        ("/", "a", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("a\\", "a\\", False),
    ],
)
def test_what_a_pattern_owns(line: str, path: str, owned: bool) -> None:
    assert (owners(f"{line} @x", path) == ["@x"]) is owned


@pytest.mark.parametrize(
    "line",
    [
        "!*.yaml @x",
        "*.[y]aml @x",
        "\\#a @x",
        "[Section] @x",
        "^[Section] @x",
        "***/*.yaml @x",
        "*.yaml x",
        "*.yaml @x, @y",
        "*.yaml @@maintainer",
        "#*.yaml @x",
        "\\",
    ],
)
def test_a_line_that_github_does_not_understand_is_skipped(line: str) -> None:
    assert owners(f"* @all\n{line}\n", "a.yaml") == ["@all"]


def test_the_last_line_counts_even_without_owners() -> None:
    assert owners("* @a\n*.yaml @b\n", "x.yaml") == ["@b"]
    assert owners("* @a\n*.yaml\n", "x.yaml") == []
    assert owners("*.yaml # @nobody\n", "x.yaml") == []


def test_lines_end_where_git_ends_them_and_a_mark_is_no_pattern() -> None:
    """Not at the other characters that Python splits lines at, which a pattern may hold."""
    assert owners("\ufeff/a.yaml @x\r\n/b.yaml @y\r\n", "a.yaml") == ["@x"]
    assert owners("/a.yaml @x\r\n/b.yaml @y\r\n", "b.yaml") == ["@y"]
    for strange in "\u2028\u2029\x85\x1c\x1d\x1e":
        assert owners(f"* @all\n/a{strange}/b.yaml @x\n", f"a{strange}/b.yaml") == ["@x"], ascii(strange)
        assert owners(f"* @all\n# {strange}* @evil\n", "a") == ["@all"], ascii(strange)


@pytest.fixture(scope="module")
def ignoring(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ignoring")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    return folder


_NAMES = ("a", "b", "ab", "a b", "*", ".a", "prod")
_PATHS = [
    "/".join(path)
    for one in _NAMES
    for path in ((one,), *((one, two) for two in _NAMES), *((one, two, "a") for two in _NAMES), (one, "a", "b", "prod"))
]
_PIECES = st.sampled_from(
    ["a", "b", "ab", "a\\ b", "\\*", "\\a", ".a", "prod", "*", "?", "**", "/", "/", "**/", "/**", "/**/", "\\?"]
)


@given(st.lists(_PIECES, min_size=1, max_size=6).map("".join))
@example("**")
@example("/**")
@example("a/**")
@example("a/**/")
@example("**a/b")
@example("/*/a/")
@settings(max_examples=examples(80), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_pattern_owns_what_git_would_ignore(ignoring: Path, text: str) -> None:
    """But for `folder/*`, where GitHub owns the files of the folder alone, and what GitHub refuses; nor does `a**/b`
    mean `ab` to anybody who documents it, as it does to Git's shortcut for a pattern's literal beginning."""
    assume("***" not in text and not text.endswith("/*") and not re.search(r"[^/*]\*\*", text))
    (ignoring / ".gitignore").write_text(f"{text}\n")
    ran = subprocess.run(
        ["git", "-c", "core.ignoreCase=false", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=ignoring,
        input="\0".join(_PATHS).encode(),
        capture_output=True,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stderr
    ignored = set(ran.stdout.decode().split("\0")) - {""}
    assert {path for path in _PATHS if pattern(text).match(path)} == ignored


@given(st.text() | st.text(alphabet="[]^*?/\\!#@ab- \n", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    GITHUB.read(text).claims("environments/prod/apps/x.yaml")


def test_a_hostile_pattern_takes_no_time() -> None:
    """A backtracking matcher would try every way to share 250 letters among 60 stars."""
    assert owners(f"{'*a' * 60}*b @x\n", "a" * 250) == []
    assert owners(f"{'**/*a/' * 60}b @x\n", "a/" * 250 + "c") == []
