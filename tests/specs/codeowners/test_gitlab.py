"""GitLab's dialect: the examples of its documentation, and what its own reader does where they say no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.specs.codeowners.gitlab import GITLAB

APP = "environments/prod/apps/x.yaml"


def claims(text: str, path: str) -> list[tuple[tuple[str, ...], int]]:
    return [(claim.owners, claim.required) for claim in GITLAB.read(text).claims(path)]


def owners(text: str, path: str) -> set[str]:
    return {owner for names, _ in claims(text, path) for owner in names}


@pytest.mark.parametrize(
    ("pattern", "owned"),
    [
        ("prod/apps/", True),
        ("apps/*.yaml", True),
        ("/environments/[p]rod/", True),
        ("environments", False),
        ("/environments", False),
        ("environments/", True),
        ("/apps/", False),
        ("x.yaml", True),
        ("/x.yaml", False),
        ("*", True),
        ("/*", False),
        ("/**", False),
        ("/**/*", True),
        ("/environments/*", False),
        ("/environments/**", False),
        ("/environments/**/x.yaml", True),
        ("/environments/prod/apps/**/x.yaml", True),
        ("/environments/*/x.yaml", False),
        ("/environments/[!d]rod/", True),
        ("/environments/[^p]rod/", False),
        ("/environments/[a-z]rod/", True),
        ("/environments/[z-a]rod/", False),
        ("/environments/{prod,dev}/", False),
        ("/environments/\\prod/", True),
        ("/environments/pr?d/", True),
        ("X.YAML", False),
        ("/environments//prod/", False),
        ("/environments/prod/apps/[", False),
    ],
)
def test_a_pattern_as_gitlab_reads_it(pattern: str, owned: bool) -> None:
    assert (owners(f"{pattern} @acme/calls\n", APP) == {"@acme/calls"}) is owned


@pytest.mark.parametrize(
    ("pattern", "path", "owned"),
    [
        # "Path matching" on GitLab's page "Syntax of CODEOWNERS file".
        ("/README.md", "README.md", True),
        ("/README.md", "docs/README.md", False),
        ("/docs/README.md", "docs/README.md", True),
        ("README.md", "app/lib/README.md", True),
        ("internal/README.md", "internal/README.md", True),
        ("internal/README.md", "docs/api/internal/README.md", True),
        ("/docs/", "docs/api/index.md", True),
        ("/docs/", "x/docs/index.md", False),
        ("/docs/*.md", "docs/index.md", True),
        ("/docs/*.md", "docs/api/index.md", False),
        ("/docs/index.*", "docs/index.html", True),
        ("/docs/*spec*", "docs/runtime.spec", True),
        ("/docs/*/README.md", "docs/api/README.md", True),
        ("/docs/*/README.md", "docs/README.md", False),
        ("/docs/**/index.md", "docs/index.md", True),
        ("/docs/**/index.md", "docs/api/graphql/index.md", True),
        # "Pattern matching" on its page "Advanced CODEOWNERS configuration".
        ("*", ".gitignore", True),
        ("/*", ".gitignore", True),
        ("**/*.rb", "config/database.rb", True),
        ("**/*.rb", "app/controllers/users/stars_controller.rb", True),
        # "Entries with spaces", and the pound sign of older pages.
        ("path\\ with\\ spaces/*.md", "path with spaces/a.md", True),
        ("\\#file_with_pound.rb", "#file_with_pound.rb", True),
        # File.fnmatch where the pages say no more.
        ("x[a-]", "x-", True),
        ("x[a-]", "xb", False),
        ("x[!]", "xq", True),
        ("x[]", "x]", False),
        ("x[z-a]", "xz", True),
        ("a[b/c]d", "acd", True),
        ("a[b/c]d", "a/d", False),
        ("a\\/b", "a/b", True),
        ("a[\\]]", "a]", True),
        ("**/**/a", "a", True),
        ("**//x", "a/x", False),
        ("docs//", "docs/a", False),
    ],
)
def test_a_path_of_the_documentation(pattern: str, path: str, owned: bool) -> None:
    assert (owners(f"{pattern} @x\n", path) == {"@x"}) is owned


SECTIONS = """\
* @admin

[README Owners]
README.md @user1 @user2
internal/README.md @user4

[README other owners]
README.md @user3
"""

REGULAR = """\
# Required for all files
* @general-approvers

[Documentation] @docs-team
docs/
README.md
*.txt

[Database] @database-team
model/db/
config/db/database-setup.md @docs-team
"""

DUPLICATE = """\
[Documentation]
ee/docs/    @docs
docs/       @docs

[Database]
README.md  @database
model/db/   @database

[DOCUMENTATION]
README.md  @docs
"""

EXCLUSIONS = """\
* @username
!pom.xml

[Ruby]
*.rb @ruby-team
!/config/**/*.rb
/config/routes.rb @ops
"""


@pytest.mark.parametrize(
    ("text", "path", "names"),
    [
        (SECTIONS, "README.md", {"@admin", "@user1", "@user2", "@user3"}),
        (SECTIONS, "internal/README.md", {"@admin", "@user4", "@user3"}),
        (REGULAR, "model/db/CHANGELOG.txt", {"@general-approvers", "@docs-team", "@database-team"}),
        (REGULAR, "config/db/database-setup.md", {"@general-approvers", "@docs-team"}),
        (DUPLICATE, "README.md", {"@docs", "@database"}),
        (DUPLICATE, "ee/docs/x", {"@docs"}),
        (EXCLUSIONS, "pom.xml", set()),
        (EXCLUSIONS, "config/a/b.rb", {"@username"}),
        (EXCLUSIONS, "config/routes.rb", {"@username"}),
        (EXCLUSIONS, "app/x.rb", {"@username", "@ruby-team"}),
        ("*.md @doc-team\nterms.md @legal-team\n", "terms.md", {"@legal-team"}),
        ("* @group\n\n[Section name\ndocs/ @docs_group\n", "docs/x", {"@docs_group"}),
        ("/path/* @group user_without_at_symbol @user_with_at_symbol\n", "path/x", {"@group", "@user_with_at_symbol"}),
        ("folder with spaces/*.md @group\n", "folder", {"@group"}),
        ("file.md @@developer @@maintainers\n", "file.md", {"@@developer", "@@maintainers"}),
        ("LICENSE @legal janedoe@gitlab.com\n", "LICENSE", {"@legal", "janedoe@gitlab.com"}),
        ("README @group @group/with-nested/subgroup\n", "README", {"@group", "@group/with-nested/subgroup"}),
    ],
)
def test_an_example_of_the_documentation(text: str, path: str, names: set[str]) -> None:
    assert owners(text, path) == names


def test_sections_ask_for_numbers() -> None:
    text = "[Documentation][2] @docs-team\ndocs/\n^[Database][3] @database-team\nmodel/db/\n[Zero][0] @zero\n*\n"
    assert claims(text, "docs/a") == [(("@zero",), 1), (("@docs-team",), 2)]
    assert claims(text, "model/db/a") == [(("@zero",), 1), (("@database-team",), 0)]
    assert claims(f"[Many][{'9' * 5000}] @a\n*\n", "a") == [(("@a",), 999)]


def test_a_section_that_is_optional_only_somewhere_is_required() -> None:
    for text in ("[Go]\n*.a @b\n^[go]\n*.go @a\n", "^[go]\n*.go @a\n[Go]\n*.a @b\n"):
        assert claims(text, "x.go") == [(("@a",), 1)]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("*.md @a # @b", ["@a", "@b"]),  # comments at a line's end are none
        ("*.md @a,@b", ["@a", "@b"]),
        ("*.md @_e @.f @g/_h", ["@_e", "@.f", "@g/_h"]),
        ("*.md @a/b/ @c- @d.", ["@a/b", "@c-", "@d"]),
        ("*.md @a @a", ["@a"]),
        ("[S] @d\n*.md # nobody", []),
        ("[S] @d me@example.com\n*.md", ["@d", "me@example.com"]),
        ("*.md", []),
    ],
)
def test_owners_are_found_in_all_that_follows(line: str, names: list[str]) -> None:
    assert [owner for found, _ in claims(line, "a.md") for owner in found] == names


def test_of_two_entries_that_are_alike_the_later_counts() -> None:
    assert owners("*.md @a\n/a.md @b\n*.md @c\n", "a.md") == {"@c"}
    assert owners("!*.md\n*.md @x\n", "a.md") == {"@x"}
    assert owners("*.md @x\n!/a.md\n*.* @y\n", "a.md") == set()


def test_lines_end_where_git_ends_them_and_a_mark_is_no_pattern() -> None:
    assert owners("\ufeff/a.md @x\r\n[S] @y\r\n/b.md\r\n", "a.md") == {"@x"}
    assert owners("/a.md @x\r\n[S] @y\r\n/b.md\r\n", "b.md") == {"@y"}
    for strange in "\u2028\u2029\x85\x1c\x1d\x1e":
        assert owners(f"* @all\n# {strange}* @evil\n", "a") == {"@all"}, ascii(strange)


@given(st.text() | st.text(alphabet="[]^*?/\\!#@ab- \n", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    GITLAB.read(text).claims(APP)


def test_a_hostile_pattern_takes_no_time() -> None:
    assert owners(f"{'*a' * 60}*b @x\n", "a" * 250) == set()
    assert owners(f"{'**/*a/' * 60}b @x\n", "a/" * 250 + "c") == set()
