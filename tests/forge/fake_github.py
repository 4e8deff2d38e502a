"""GitHub's REST API, as far as this project asks it; field names are the reference's."""

from __future__ import annotations

import re
from typing import Any

from starlette.responses import JSONResponse, Response

from tests.forge.fake import Call, Entry, FakeForge, Handler, Missing, Pull, stamp

REPOSITORY = "acme/recording"
_BASE = r"/api/v3/repos/acme/recording"


def _comment(forge: FakeForge, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "url": f"{forge.url}/api/v3/repos/{REPOSITORY}/issues/comments/{entry.id}",
        "html_url": f"{forge.url}/{REPOSITORY}/pull/{entry.change}#issuecomment-{entry.id}",
        "user": {"login": entry.author},
        "body": entry.body,
        "created_at": stamp(entry.at),
        "updated_at": stamp(entry.at),
    }


def _issue(forge: FakeForge, entry: Entry) -> dict[str, Any]:
    return {
        "id": 9000 + entry.id,
        "number": entry.id,
        "url": f"{forge.url}/api/v3/repos/{REPOSITORY}/issues/{entry.id}",
        "html_url": f"{forge.url}/{REPOSITORY}/issues/{entry.id}",
        "user": {"login": entry.author},
        "title": entry.title,
        "body": entry.body,
        "state": "open" if entry.open else "closed",
        "pull_request": None,
    }


def _pull(forge: FakeForge, pull: Pull) -> dict[str, Any]:
    return {
        "number": pull.number,
        "url": f"{forge.url}/api/v3/repos/{REPOSITORY}/pulls/{pull.number}",
        "user": {"login": pull.author},
        "head": {"sha": pull.head, "ref": "topic", "repo": {"full_name": REPOSITORY, "name": "recording"}},
        "base": {"ref": pull.target},
        "merged_at": stamp(forge.now) if pull.merged_as else None,
        "merge_commit_sha": pull.merged_as or "f" * 40,  # before the merge: a commit that tries it out
    }


def _list_comments(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    entries = [_comment(forge, entry) for entry in forge.comments(int(found[1]))]
    shown, headers = forge.pages(entries, call, forge.url)
    return JSONResponse(shown, headers=headers)


def _create_comment(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    entry = forge.add(call.account, call.body["body"], change=int(found[1]))
    return JSONResponse(_comment(forge, entry), 201)


def _edit_comment(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    entry = forge.entry(int(found[1]))
    entry.body, entry.at = call.body["body"], forge.now
    return _comment(forge, entry)


def _delete_comment(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    forge.entry(int(found[1])).open = False
    return Response(status_code=204)


def _list_issues(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert call.query["state"] == "open"
    issues = [_issue(forge, entry) for entry in forge.issues() if entry.open]
    pull = {**_issue(forge, Entry(7, call.account, "a pull request")), "pull_request": {"url": "x"}}
    shown, headers = forge.pages([pull, *issues], call, forge.url)
    return JSONResponse(shown, headers=headers)


def _create_issue(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    return JSONResponse(_issue(forge, forge.add(call.account, call.body["body"], title=call.body["title"])), 201)


def _edit_issue(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    entry = forge.entry(int(found[1]))
    entry.title, entry.body = call.body.get("title", entry.title), call.body.get("body", entry.body)
    entry.open = call.body.get("state", "open") == "open"
    return _issue(forge, entry)


def _get_pull(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return _pull(forge, forge.pulls[int(found[1])])


def _pulls_of(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return [_pull(forge, pull) for pull in forge.pulls.values()]


def _get_commit(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return {"sha": found[1], "url": f"{forge.url}{call.path}"}


def _create_status(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert len(call.body["description"]) <= 140
    forge.statuses.append({"commit": found[1], "name": call.body["context"], **call.body})
    return JSONResponse({"state": call.body["state"], "url": f"{forge.url}{call.path}"}, 201)


def _list_reviews(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    reviews = [
        {
            "id": number,
            "user": {"login": opinion.reviewer},
            "state": opinion.state,
            "commit_id": opinion.commit,
            "submitted_at": stamp(opinion.at),
        }
        for number, opinion in enumerate(forge.opinions)
        if opinion.change == int(found[1])
    ]
    shown, headers = forge.pages(reviews, call, forge.url)
    return JSONResponse(shown, headers=headers)


def _members(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    team = f"{found[1]}/{found[2]}"
    if team not in forge.teams:
        raise Missing
    members = [{"login": name} for name in forge.teams[team]]
    shown, headers = forge.pages(members, call, forge.url)
    return JSONResponse(shown, headers=headers)


def _graphql(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    if "pullRequest" in call.body["query"]:
        return _commits(forge, call.body["variables"])
    assert "viewer" in call.body["query"]
    return {"data": {"viewer": {"login": call.account}}}


def _commits(forge: FakeForge, asked: dict[str, Any]) -> Any:
    """One commit a page; an author without an account is null."""
    pull, at = forge.pulls[asked["number"]], int(asked["after"] or 0)
    names = pull.written_by[at : at + 1]
    people = [{"user": {"login": name}} for name in names] + [{"user": None}]
    commit = {"authors": {"nodes": people}, "committer": {"user": {"login": "web-flow"}}}
    page = {"hasNextPage": at + 1 < len(pull.written_by), "endCursor": str(at + 1)}
    commits = {"pageInfo": page, "nodes": [{"commit": commit}]}
    return {"data": {"repository": {"pullRequest": {"commits": commits}}}}


def _activity(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert call.query["ref"] == "refs/heads/topic"
    moves = [
        {"actor": {"login": name}, "activity_type": "push"} for pull in forge.pulls.values() for name in pull.pushed_by
    ]
    shown, headers = forge.pages([{"actor": None}, *moves], call, forge.url)
    return JSONResponse(shown, headers=headers)


def _repository(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return {"full_name": REPOSITORY, "default_branch": "main", "url": f"{forge.url}{call.path}"}


def _compare(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return {
        "behind_by": int(found[1] in forge.strange),
        "ahead_by": 1,
        "status": "ahead",
        "url": f"{forge.url}{call.path}",
    }


def _settings(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return forge.settings[found[1]]


ROUTES: list[tuple[str, Handler]] = [
    (rf"GET {_BASE}/issues/(\d+)/comments", _list_comments),
    (rf"POST {_BASE}/issues/(\d+)/comments", _create_comment),
    (rf"PATCH {_BASE}/issues/comments/(\d+)", _edit_comment),
    (rf"DELETE {_BASE}/issues/comments/(\d+)", _delete_comment),
    (rf"GET {_BASE}/issues", _list_issues),
    (rf"POST {_BASE}/issues", _create_issue),
    (rf"PATCH {_BASE}/issues/(\d+)", _edit_issue),
    (rf"GET {_BASE}/pulls/(\d+)", _get_pull),
    (rf"GET {_BASE}/pulls/(\d+)/reviews", _list_reviews),
    (rf"GET {_BASE}/commits/([0-9a-f]+)", _get_commit),
    (rf"GET {_BASE}/commits/([0-9a-f]+)/pulls", _pulls_of),
    (rf"POST {_BASE}/statuses/([0-9a-f]+)", _create_status),
    (r"GET /api/v3/orgs/([\w-]+)/teams/([\w-]+)/members", _members),
    (r"POST /api/graphql", _graphql),
    (rf"GET {_BASE}", _repository),
    (rf"GET {_BASE}/activity", _activity),
    (rf"GET {_BASE}/compare/([0-9a-f]+)\.\.\.main", _compare),
    (rf"GET {_BASE}/(.+)", _settings),
]
