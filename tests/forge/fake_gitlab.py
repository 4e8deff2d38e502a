"""GitLab's REST API, as far as this project asks it; field names are the reference's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from starlette.responses import JSONResponse, Response

from tests.forge.fake import OLDER, Call, Entry, FakeForge, Handler, Missing, Pull, stamp

PROJECT = "42"
_BASE = r"/api/v4/projects/42"
_TRANSITIONS = ("pending", "running")


def _number(account: str) -> int:
    return sum(map(ord, account))


def _author(name: str) -> dict[str, Any]:
    return {"id": _number(name), "username": name}


def _note(forge: FakeForge, entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "body": entry.body,
        "author": _author(entry.author),
        "system": entry.system,
        "created_at": stamp(entry.at),
    }


def _issue(forge: FakeForge, entry: Entry) -> dict[str, Any]:
    return {
        "id": 9000 + entry.id,
        "iid": entry.id,
        "title": entry.title,
        "description": entry.body,
        "author": _author(entry.author),
        "web_url": f"{forge.url}/acme/recording/-/issues/{entry.id}",
        "state": "opened" if entry.open else "closed",
    }


def _request(forge: FakeForge, pull: Pull) -> dict[str, Any]:
    return {
        "iid": pull.number,
        "author": _author(pull.author),
        "sha": pull.head,
        "state": "merged" if pull.merged_as else "opened",
        "merge_commit_sha": pull.merged_as,
        "squash_commit_sha": None,
        "target_branch": pull.target,
        "source_branch": "topic",
        "source_project_id": int(PROJECT),
        "created_at": stamp(pull.pushes[0][0]),
    }


def _paged(forge: FakeForge, call: Call, entries: list[Any]) -> Response:
    shown, headers = forge.pages(entries, call, forge.url)
    return JSONResponse(shown, headers=headers)


def _user(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return _author(call.account)


def _list_notes(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert call.query["sort"] == "asc"
    notes = [entry for entry in forge.entries if entry.change == int(found[1]) and entry.open]
    return _paged(forge, call, [_note(forge, entry) for entry in notes])


def _create_note(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    return JSONResponse(_note(forge, forge.add(call.account, call.body["body"], change=int(found[1]))), 201)


def _edit_note(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    entry = forge.entry(int(found[2]))
    entry.body, entry.at = call.body["body"], forge.now
    return _note(forge, entry)


def _delete_note(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    forge.entry(int(found[2])).open = False
    return Response(status_code=204)


def _list_issues(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert (call.query["state"], call.query["scope"]) == ("opened", "created_by_me")
    mine = [entry for entry in forge.issues() if entry.open and entry.author == call.account]
    return _paged(forge, call, [_issue(forge, entry) for entry in mine])


def _create_issue(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    entry = forge.add(call.account, call.body["description"], title=call.body["title"])
    return JSONResponse(_issue(forge, entry), 201)


def _edit_issue(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    entry = forge.entry(int(found[1]))
    entry.title, entry.body = call.body.get("title", entry.title), call.body.get("description", entry.body)
    entry.open = call.body.get("state_event") != "close"
    return _issue(forge, entry)


def _get_request(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return _request(forge, forge.pulls[int(found[1])])


def _requests_of(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    return _paged(forge, call, [_request(forge, pull) for pull in forge.pulls.values()])


def _approvals(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    approved = {opinion.reviewer: opinion for opinion in forge.opinions if opinion.change == int(found[1])}
    return {"approved_by": [{"user": _author(name), "approved_at": stamp(one.at)} for name, one in approved.items()]}


def _versions(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    pushes = forge.pulls[int(found[1])].pushes
    versions = [
        {"id": number, "created_at": stamp(at), "head_commit_sha": commit} for number, (at, commit) in enumerate(pushes)
    ]
    return _paged(forge, call, versions[::-1])


def _create_status(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    same = [one for one in forge.statuses if (one["commit"], one["name"]) == (found[1], call.body["name"])]
    if same and same[-1]["state"] == call.body["state"] in _TRANSITIONS:
        return JSONResponse({"message": "Cannot transition status via :enqueue from :pending"}, 400)
    forge.statuses.append({"commit": found[1], **call.body})
    return JSONResponse({"id": len(forge.statuses), **call.body}, 201)


def _group_members(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    group = unquote(found[1])
    if group not in forge.teams:
        raise Missing
    return _paged(forge, call, _members(forge, dict.fromkeys(forge.teams[group], 30), found[2]))


def _project_members(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    return _paged(forge, call, _members(forge, forge.roles, found[1]))


def _members(forge: FakeForge, levels: Mapping[str, int], everybody: str | None) -> list[dict[str, Any]]:
    """Direct members; with `/all` those of a group above, too."""
    above = dict.fromkeys(forge.inherited, 50) if everybody else {}
    return [
        {
            "id": _number(name),
            "username": name,
            "state": "blocked" if name in forge.blocked else "active",
            "access_level": level if name not in forge.reporters else 20,
        }
        for name, level in {**above, **levels}.items()
    ]


def _commits(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    """The first wrote the commit, the second by a public address, the others are named in its message."""
    pull = forge.pulls[int(found[1])]
    addresses = [
        f"7-{name}@users.noreply.gitlab.example" if at % 2 == 0 else f"{name}@acme.example"
        for at, name in enumerate(pull.written_by)
    ]
    message = "x\n\n" + "\n".join(f"Co-authored-by: X <{address}>" for address in addresses[1:])
    commit = {
        "id": pull.head,
        "author_email": addresses[0] if addresses else "",
        "committer_email": "ci@acme.example",
        "message": message,
    }
    return _paged(forge, call, [commit])


def _users(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    name, _, host = call.query["search"].partition("@")
    known = {author for pull in forge.pulls.values() for author in pull.written_by}
    return _paged(forge, call, [_author(name)] if host == "acme.example" and name in known else [])


def _events(forge: FakeForge, call: Call, found: re.Match[str]) -> Response:
    assert call.query["action"] == "pushed"
    assert call.query["after"] < stamp(forge.now)[:10]
    pushes = [
        {"author_username": name, "push_data": {"ref": ref}}
        for pull in forge.pulls.values()
        for ref, names in (("topic", pull.pushed_by), ("other", ["ann", "dee"]))
        for name in names
    ]
    return _paged(forge, call, [{"author_username": "x", "push_data": None}, *pushes])


def _project(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return {"id": int(PROJECT), "default_branch": "main", **forge.settings.get("project", {})}


def _merge_base(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    commit, branch = call.query["refs"].split()
    assert branch == "main"
    return {"id": OLDER if commit in forge.strange else commit}


def _settings(forge: FakeForge, call: Call, found: re.Match[str]) -> Any:
    return forge.settings[found[1]]


ROUTES: list[tuple[str, Handler]] = [
    (r"GET /api/v4/user", _user),
    (rf"GET {_BASE}/merge_requests/(\d+)/notes", _list_notes),
    (rf"POST {_BASE}/merge_requests/(\d+)/notes", _create_note),
    (rf"PUT {_BASE}/merge_requests/(\d+)/notes/(\d+)", _edit_note),
    (rf"DELETE {_BASE}/merge_requests/(\d+)/notes/(\d+)", _delete_note),
    (rf"GET {_BASE}/issues", _list_issues),
    (rf"POST {_BASE}/issues", _create_issue),
    (rf"PUT {_BASE}/issues/(\d+)", _edit_issue),
    (rf"GET {_BASE}/merge_requests/(\d+)", _get_request),
    (rf"GET {_BASE}/merge_requests/(\d+)/approvals", _approvals),
    (rf"GET {_BASE}/merge_requests/(\d+)/versions", _versions),
    (rf"GET {_BASE}/repository/commits/([0-9a-f]+)/merge_requests", _requests_of),
    (rf"POST {_BASE}/statuses/([0-9a-f]+)", _create_status),
    (rf"GET {_BASE}/members(/all)?", _project_members),
    (rf"GET {_BASE}", _project),
    (rf"GET {_BASE}/merge_requests/(\d+)/commits", _commits),
    (r"GET /api/v4/users", _users),
    (rf"GET {_BASE}/events", _events),
    (rf"GET {_BASE}/repository/merge_base", _merge_base),
    (r"GET /api/v4/groups/([\w%/-]+?)/members(/all)?", _group_members),
    (rf"GET {_BASE}/(.+)", _settings),
]
