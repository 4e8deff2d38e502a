"""Plan documents to look at: built by hand, and of any shape that the format allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from provisioner.recording.fields import FIELDS

Document = dict[str, Any]

SEAL = {
    "digest": "ab" * 32,
    "observedAt": "2026-11-22T12:00:00Z",
    "expires": "2026-11-23T12:00:00Z",
    "checksum": "cd" * 32,
}

IDLE = "/recording/settings/maxIdleTime"
MODE = "/recording/mode"
STOPS = (
    "Rooms created after about 5 to 10 minutes will no longer be recorded automatically, only where the backend "
    "starts a recording; what was not recorded cannot be recovered."
)


def plan(*applications: Document, **more: Any) -> Document:
    """A plan of `prod`; keys in `more` stand instead of the usual ones."""
    actions = [app["action"] for app in applications]
    return {
        "planVersion": 1,
        "environment": "prod",
        "tier": "production",
        "site": "intl",
        "console": "embedded console (simulated)",
        "scope": None,
        "base": {"ref": "main", "commit": "0" * 40, "valid": True},
        "guardrails": None,
        "specDigest": "1" * 64,
        "observationDigest": "2" * 64,
        "findings": [],
        "applications": list(applications),
        "removed": [],
        "unmanaged": [],
        "totals": {
            "change": actions.count("change"),
            "unchanged": actions.count("none"),
            "cannotVerify": actions.count("cannot-verify"),
        },
        **more,
    }


def app(name: str, *changes: Document, **more: Any) -> Document:
    """An application; it changes where there are `changes`."""
    unseen = more.get("cannotVerify", [])
    return {
        "name": name,
        "sdkAppId": 20000000 + sum(map(ord, name)),
        "owner": "@acme/calls",
        "file": f"environments/prod/apps/{name}.yaml",
        "action": "change" if changes else "cannot-verify" if unseen else "none",
        "attested": None,
        "present": [],
        "changes": list(changes),
        "cannotVerify": unseen,
        "affected": None,
        "cost": {"direction": "same", "reasons": []},
        "findings": [],
        **more,
    }


def change(path: str, before: Any, after: Any, *causes: str, **more: Any) -> Document:
    """A change that an application's own file asks for, unless said otherwise."""
    return {
        "path": path,
        "before": before,
        "after": after,
        "origin": place("environments/prod/apps/classroom.yaml", 9, 9),
        "layer": "application",
        "causes": list(causes or ("this-change",)),
        **more,
    }


def finding(name: str, severity: str, message: str, path: str = "", **more: Any) -> Document:
    return {
        "id": name,
        "source": "specs" if name.startswith(("REC", "ACME")) else "plan",
        "severity": severity,
        "message": message,
        "path": path,
        "origin": place("environments/prod/apps/classroom.yaml", 9, 9),
        "irreversible": name in ("stop-recording", "enabled-for-good", "shorter-retention"),
        "acknowledged": None,
        **more,
    }


def now(name: str, severity: str, message: str, path: str = "", **more: Any) -> Document:
    """What the console does that was not asked of it."""
    return finding(name, severity, message, path, **{"source": "console", "irreversible": severity == "high", **more})


def place(file: str, line: int, column: int = 1) -> Document:
    return {"file": file, "line": line, "column": column}


def stop(name: str, **more: Any) -> Document:
    """An application whose rooms will no longer be recorded."""
    cost = {"direction": "less", "reasons": ["rooms are no longer recorded automatically"]}
    found = [finding("stop-recording", "high", STOPS, MODE)]
    return app(name, change(MODE, "auto", "manual"), **{"findings": found, "cost": cost, **more})


HOSTILE = st.sampled_from(
    [
        "@acme/all",
        "<script>alert(1)</script>",
        "a|b`c``d",
        "]]>",
        "--> <!--",
        "\x1b[31m\u202e",
        "::error::x",
        "#12 !3 ~l",
    ]
) | st.text(st.characters(exclude_categories=["Cs"]), max_size=25)

_PLACES = st.builds(place, HOSTILE, st.integers(1, 999), st.integers(1, 99))
_SHOWN = st.none() | HOSTILE | st.integers(0, 99) | st.booleans() | st.lists(HOSTILE, max_size=3)
_CAUSES = st.lists(
    st.sampled_from(["this-change", "template", "environment", "drift", "unknown"]), min_size=1, max_size=3, unique=True
)
_IDS = st.sampled_from(["stop-recording", "start-recording", "storage-moved", "max-changes", "REC051", "ACME1"])
_SEVERITIES = st.sampled_from(["error", "high", "medium", "low", "info"])
_INTENTS = st.none() | st.fixed_dictionaries(
    {"reason": HOSTILE, "expires": st.sampled_from(["2026-01-01", "2027-12-31"]), "origin": _PLACES}
)
_FINDINGS = st.lists(
    st.builds(
        lambda name, severity, message, origin, intent: finding(
            name, severity, message, origin=origin, acknowledged=intent
        ),
        _IDS,
        _SEVERITIES,
        HOSTILE,
        st.none() | _PLACES,
        _INTENTS,
    ),
    max_size=3,
)
_PRESENT = st.lists(
    st.builds(
        lambda name, severity, message, origin: now(name, severity, message, origin=origin),
        st.sampled_from(["not-recording", "recording-unwanted", "settings-differ", "some-later-word"]),
        st.sampled_from(["high", "medium", "low"]),
        HOSTILE,
        st.none() | _PLACES,
    ),
    max_size=2,
)
_CHANGES = st.lists(
    st.builds(
        lambda path, before, after, causes, origin, layer: change(
            path, before, after, *causes, origin=origin, layer=layer
        ),
        st.sampled_from(sorted(path for path in FIELDS if "*" not in path)),
        _SHOWN,
        _SHOWN,
        _CAUSES,
        _PLACES,
        st.sampled_from(["schema", "template", "environment", "application", None]),
    ),
    max_size=4,
)
_UNSEEN = st.lists(
    st.fixed_dictionaries({"path": st.sampled_from([IDLE, MODE]), "after": _SHOWN, "reason": HOSTILE}), max_size=2
)
_COSTS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["more", "less", "mixed", "same", "unknown"]),
        "reasons": st.lists(HOSTILE, max_size=2),
    }
)
_SEEN = st.none() | st.fixed_dictionaries(
    {"who": HOSTILE, "when": st.just("2026-11-01T08:00:00Z"), "expires": st.just("2026-12-01T08:00:00Z")}
)
_APPLICATIONS = st.builds(
    lambda name, owner, changes, unseen, cost, findings, seen, present: app(
        name, *changes, owner=owner, cannotVerify=unseen, cost=cost, findings=findings, attested=seen, present=present
    ),
    HOSTILE,
    HOSTILE,
    _CHANGES,
    _UNSEEN,
    _COSTS,
    _FINDINGS,
    _SEEN,
    _PRESENT,
)
_REMOVED = st.fixed_dictionaries(
    {
        "name": HOSTILE,
        "sdkAppId": st.integers(1, 99),
        "owner": HOSTILE,
        "onRemove": st.sampled_from(["retain", "stop-auto"]),
    }
)


def documents() -> st.SearchStrategy[Document]:
    """Plans of any shape, hostile texts wherever a text may stand."""
    return st.builds(
        lambda apps, name, findings, removed, unmanaged, base, console: plan(
            *apps,
            environment=name,
            findings=findings,
            removed=removed,
            unmanaged=unmanaged,
            base=base,
            console=console,
        ),
        st.lists(_APPLICATIONS, max_size=4),
        HOSTILE,
        _FINDINGS,
        st.none() | st.lists(_REMOVED, max_size=2),
        st.none() | st.lists(st.fixed_dictionaries({"name": HOSTILE, "sdkAppId": st.integers(1, 99)}), max_size=2),
        st.none() | st.fixed_dictionaries({"ref": HOSTILE, "commit": st.just("a" * 40), "valid": st.booleans()}),
        st.none() | HOSTILE,
    )


def idle(name: str, was: str = "5s") -> Document:
    """An application of no known risk."""
    return app(name, change(IDLE, was, "20s", "template", origin=place("templates/call/v1.yaml", 9, 16)))


def review(**more: Any) -> Document:
    """A bit of everything that a reviewer may meet."""
    drifted = change(IDLE, "300s", "1m", "drift", origin=place("templates/classroom/v1.yaml", 9, 16), layer="template")
    secret = {"path": "/recording/settings/callback/keyRef", "after": "env:REC_KEY", "reason": "secrets are not shown"}
    shorter = finding(
        "shorter-idle-time", "medium", "A room that everybody left ends its file after 1m (was 5m).", IDLE
    )
    differs = now("settings-differ", "low", "Not as specified: maxIdleTime 5m, specified 1m.", IDLE)
    standing = finding("REC064", "low", "recording events are not signed: anybody can send them")
    cost = {"direction": "less", "reasons": ["shorter idle time, charged as sound"]}
    return plan(
        app("archive", cannotVerify=[secret], findings=[standing]),
        app("classroom", drifted, owner="@acme/education", findings=[shorter, standing], cost=cost, present=[differs]),
        app("support-desk", owner="@acme/support"),
        stop("video-call"),
        removed=[
            {"name": "old-trial", "sdkAppId": 20000109, "owner": "@acme/calls", "onRemove": "retain"},
            {"name": "webinar", "sdkAppId": 20000104, "owner": "@acme/events", "onRemove": "stop-auto"},
        ],
        unmanaged=[{"name": "somebody's test", "sdkAppId": 20000199}],
        **more,
    )


def outage(**more: Any) -> Document:
    """What drift shows on a bad day: one application is not recorded, one is and must not be, one merely differs."""
    words = "NOT being recorded: the specs say auto, the console says manual; what is not recorded cannot be recovered."
    missing = now("not-recording", "high", words, MODE)
    unwanted = now("recording-unwanted", "high", "Every room IS being recorded, and the specs say manual.", MODE)
    differs = now("settings-differ", "low", "Not as specified: maxIdleTime 5m, specified 5s.", IDLE)
    start = finding("start-recording", "medium", "Rooms created after about 5 to 10 minutes will be recorded.", MODE)
    more_cost = {"direction": "more", "reasons": ["every room is recorded"]}
    return plan(
        app("call", change(IDLE, "5m", "5s", "drift"), present=[differs]),
        stop("desk", present=[unwanted], changes=[change(MODE, "auto", "manual", "drift")]),
        app("video-call", change(MODE, "manual", "auto", "drift"), present=[missing], findings=[start], cost=more_cost),
        base=None,
        removed=None,
        **more,
    )


LAST_EQUAL = {"call": None, "desk": "2026-11-20T08:00:00Z", "video-call": "2026-11-22T11:47:31Z"}
"""When the applications of an outage last were as specified."""
