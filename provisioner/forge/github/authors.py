"""Who wrote and who pushed the commits of a pull request, as GitHub knows them.

Source: GraphQL `Commit.authors` (the author and those of `Co-authored-by` trailers, as far as an account is known) and
`Commit.committer`; REST "List repository activities", which a workflow's token with `contents: read` may ask.
"""

from __future__ import annotations

from typing import Any

from github.Requester import Requester
from requests.utils import parse_header_links

from provisioner.forge.port import ForgeError

_MOST_PAGES = 50
_COMMITS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      commits(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { commit { authors(first: 100) { nodes { user { login } } } committer { user { login } } } }
      }
    }
  }
}
"""


def written_by(requester: Requester, project: str, number: int) -> frozenset[str]:
    """Accounts of authors, co-authors and committers, in lower case."""
    owner, _, name = project.partition("/")
    after, found = None, set[str]()
    while True:
        asked = {"owner": owner, "name": name, "number": number, "after": after}
        _, answer = requester.graphql_query(_COMMITS, asked)
        page = answer["data"]["repository"]["pullRequest"]["commits"]
        for node in page["nodes"]:
            people = [*node["commit"]["authors"]["nodes"], node["commit"]["committer"] or {}]
            found |= {_login(person) for person in people}
        if not page["pageInfo"]["hasNextPage"]:
            return frozenset(found - {""})
        after = page["pageInfo"]["endCursor"]


def pushed_by(requester: Requester, project: str, branch: str) -> frozenset[str]:
    """Accounts that ever moved a branch, in lower case."""
    url: str | None = f"/repos/{project}/activity"
    asked: dict[str, Any] | None = {"ref": f"refs/heads/{branch}", "per_page": 100}
    found = set[str]()
    for _ in range(_MOST_PAGES):
        if url is None:
            return frozenset(found - {""})
        headers, moves = requester.requestJsonAndCheck("GET", url, parameters=asked)
        found |= {str((move["actor"] or {}).get("login", "")).casefold() for move in moves or ()}
        links = parse_header_links(headers.get("link") or "")
        url, asked = next((link["url"] for link in links if link.get("rel") == "next"), None), None
    raise ForgeError(f"the branch was pushed to too often to tell by whom ({_MOST_PAGES * 100:,} times)")


def _login(person: dict[str, Any]) -> str:
    return str((person.get("user") or {}).get("login") or "").casefold()
