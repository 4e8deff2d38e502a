"""The law: no pair of commits in which protection of a production application falls has an empty set of approvers.

Edits range over the whole policy surface. What protects is measured here by the choices themselves, not by the
product's comparison. The same holds for sequences of two and three steps, each approved by its own base, broken ones
included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.reconcile.guardrails.change import GuardrailChange
from provisioner.reconcile.guardrails.reading import strictest_known
from provisioner.reconcile.guardrails.registry import compare
from tests.reconcile.guardrails.surface import CODEOWNERS, App, Surface

Edit = Callable[[Surface], Surface]

_LINES = {
    "approvals": [
        "",
        "approvals: {required: 0}",
        "approvals: {required: 1}",
        "approvals: {required: 1, high: 2}",
        'approvals: {required: 2, teams: ["@acme/sre"]}',
    ],
    "limits": [
        "",
        "limits: {maxChanges: 1}",
        "limits: {maxChangesPercent: 100}",
        "limits: {maxChanges: 1, acknowledgedFor: 9999d}",
        "limits: {maxChanges: 9, maxChangesPercent: 10}",
    ],
    "gates": ["", "gates: {soak: 1d}", "gates: {soak: 7d, evidence: 2}", "gates: {evidence: 5}"],
    "freeze": [
        "",
        *(f"freeze: {{w: {{from: Fri {hour}:00, until: Mon 08:00, zone: Europe/Berlin}}}}" for hour in (12, 20)),
    ],
    "ladder": ["", "ladder: [dev]", "ladder: [dev, scratch]"],
    "hold": ["", 'hold: {reason: "rolled back", since: 2026-11-01}'],
    "minimumRetention": ["", "minimumRetention: 1d", "minimumRetention: 30d", "minimumRetention: forever"],
    "intent": ["", *(f"intent: {{max-changes: {{reason: r, expires: 2026-12-{day}}}}}" for day in ("01", "31"))],
    "journal": ["", "journal: ours", "journal: s3://ours/x", "journal: s3://mallorys/x"],
    "evidence": ["", "evidence: ours", "evidence: theirs"],
}
_CONSOLES = [
    "{driver: embedded}",
    "{driver: tencent}",
    "{driver: tencent, readOnly: true}",
    "{driver: tencent, endpoint: evil.example.com}",
    "{driver: tencent, binding: bindings/x.yaml}",
    '{driver: tencent, accept: ["action:Guess"]}',
    "{driver: tencent, credentials: {profile: {name: mallory}}}",
    "{driver: runbook, page: pages/x.yaml}",
]
_MORE = [
    "",
    "onRemove: stop-auto\n",
    'hold: {reason: "no", since: 2026-11-01}\n',
    "intent: {stop-recording: {reason: r, expires: 2026-12-31}}\n",
    "waive: {REC064: {reason: r, owner: '@acme/calls', expires: 2026-12-31}}\n",
]
_OWNERS = ["@acme/platform", "@acme/calls", "@acme/security", "@mallory", "@acme/calls @mallory"]
_PATTERNS = [
    "*",
    "/environments/",
    "/environments/*/apps/call.yaml",
    "/environments/prod/apps/new.yaml",
    "/.github/",
    "/CODEOWNERS",
]
_FILES = [
    "/.github/workflows/review.yaml",
    "/.gitlab-ci.yml",
    "policies/https.yaml",
    "provisioner/x.py",
    "Makefile",
    "allowed_signers",
]
_IDS = [20000101, 20000102, 20000103]


def _lines_of(choice: dict[str, str]) -> Edit:
    return lambda surface: replace(surface, lines=tuple(line for line in choice.values() if line))


def _set_line(key: str, line: str) -> Edit:
    def edit(surface: Surface) -> Surface:
        kept = tuple(each for each in surface.lines if not each.startswith(f"{key}:"))
        return replace(surface, lines=(*kept, *([line] if line else [])))

    return edit


def _set(name: str, value: object) -> Edit:
    return lambda surface: replace(surface, **{name: value})  # type: ignore[arg-type]


def _set_app(number: int, **values: object) -> Edit:
    def edit(surface: Surface) -> Surface:
        apps = list(surface.apps)
        if not apps:
            return surface
        at = number % len(apps)
        apps[at] = replace(apps[at], **values)  # type: ignore[arg-type]
        return surface if _clash(apps) else replace(surface, apps=tuple(apps))

    return edit


def _clash(apps: list[App]) -> bool:
    """One file for two applications, or one id: no legal commit has that."""
    return len({app.file for app in apps}) < len(apps) or len({app.sdk_app_id for app in apps}) < len(apps)


def _drop_app(number: int) -> Edit:
    return lambda surface: replace(surface, apps=tuple(app for at, app in enumerate(surface.apps) if at != number))


def _swap(surface: Surface) -> Surface:
    if len(surface.apps) < 2:
        return surface
    one, other, *rest = surface.apps
    return replace(
        surface,
        apps=(replace(one, sdk_app_id=other.sdk_app_id), replace(other, sdk_app_id=one.sdk_app_id), *rest),
    )


def _add_owner_line(at: int, line: str) -> Edit:
    def edit(surface: Surface) -> Surface:
        lines = list(surface.codeowners)
        lines.insert(at, line)
        return replace(surface, codeowners=tuple(lines))

    return edit


def _drop_owner_line(at: int) -> Edit:
    # The first line stays in some form, so that somebody can be asked at all.
    return lambda surface: replace(
        surface, codeowners=tuple(line for number, line in enumerate(surface.codeowners) if number == 0 or number != at)
    )


_OWNER_LINES = st.builds(
    lambda pattern, owners: f"{pattern} {owners}", st.sampled_from(_PATTERNS), st.sampled_from(_OWNERS)
)
_EDITS: st.SearchStrategy[Edit] = st.one_of(
    st.sampled_from(sorted(_LINES)).flatmap(
        lambda key: st.sampled_from(_LINES[key]).map(lambda line: _set_line(key, line))
    ),
    st.sampled_from(["production", "staging", "development"]).map(lambda tier: _set("tier", tier)),
    st.sampled_from(_CONSOLES).map(lambda console: _set("console", console)),
    st.sampled_from(["intl", "cn"]).map(lambda site: _set("site", site)),
    st.builds(lambda n, more: _set_app(n, more=more), st.integers(0, 1), st.sampled_from(_MORE)),
    st.builds(lambda n, owner: _set_app(n, owner=owner), st.integers(0, 1), st.sampled_from(_OWNERS[:4])),
    st.builds(lambda n, key: _set_app(n, key=key), st.integers(0, 1), st.sampled_from(["env:REC_KEY", "env:OTHER"])),
    st.builds(lambda n, file: _set_app(n, file=file), st.integers(0, 1), st.sampled_from(["call", "desk", "new"])),
    st.builds(lambda n, number: _set_app(n, sdk_app_id=number), st.integers(0, 1), st.sampled_from(_IDS)),
    st.integers(0, 1).map(_drop_app),
    st.just(_swap),
    st.builds(_add_owner_line, st.integers(0, 4), _OWNER_LINES),
    st.integers(1, 4).map(_drop_owner_line),
    st.builds(
        lambda path, content: (
            lambda surface: replace(surface, files=tuple({**dict(surface.files), path: content}.items()))
        ),
        st.sampled_from(_FILES),
        st.sampled_from(["1", "2"]),
    ),
    st.sampled_from(_FILES).map(
        lambda path: lambda surface: replace(surface, files=tuple(one for one in surface.files if one[0] != path))
    ),
    st.sampled_from([(), (("call@v1", "sha256:1"),), (("call@v1", "sha256:2"),)]).map(lambda lock: _set("lock", lock)),
)
_BREAKS: st.SearchStrategy[Edit] = st.sampled_from([_set("broken", True), _set("there", False)])
_STARTS = st.builds(
    lambda lines, console, edits: _all(edits)(_lines_of(lines)(Surface(console=console))),
    st.fixed_dictionaries({key: st.sampled_from(lines) for key, lines in _LINES.items()}),
    st.sampled_from(_CONSOLES),
    st.lists(st.builds(lambda n, more: _set_app(n, more=more), st.integers(0, 1), st.sampled_from(_MORE)), max_size=2),
)


def _all(edits: list[Edit]) -> Edit:
    def edit(surface: Surface) -> Surface:
        for each in edits:
            surface = each(surface)
        return surface

    return edit


def _number(line: str, key: str, missing: float) -> float:
    """The number that stands after `key: ` in a line."""
    _, found, rest = line.partition(f"{key}: ")
    digits = "".join(character for character in rest.split(",")[0] if character.isdigit())
    return float(digits) if found and digits else missing


def _protection(surface: Surface) -> dict[str, float]:
    """What a choice of one surface weighs, more being safer, of all whose order is plain."""
    own = {line.partition(":")[0]: line for line in surface.lines}
    line = {key: own.get(key, "") for key in _LINES}
    required = _number(line["approvals"], "required", 0)
    usual = 30.0 if surface.tier == "production" else 101.0
    retention = {"minimumRetention: forever": 9999.0}.get(
        line["minimumRetention"], _number(line["minimumRetention"], "minimumRetention", 0)
    )
    return {
        "tier": ["development", "staging", "production"].index(surface.tier),
        "required": required,
        "high": max(required, _number(line["approvals"], "high", 0)),
        "teams": float("teams" in line["approvals"]),
        "maxChanges": -_number(line["limits"], "maxChanges", 10**6),
        "maxChangesPercent": -_number(line["limits"], "maxChangesPercent", usual),
        "acknowledgedFor": -_number(line["limits"], "acknowledgedFor", 366),
        "soak": _number(line["gates"], "soak", 0),
        "evidence": _number(line["gates"], "evidence", 0),
        "freeze": float(bool(line["freeze"])),
        "hold": float(bool(line["hold"])),
        "retention": retention,
        "intent": -_number(line["intent"].replace("2026-12-", ""), "expires", 0),
        "readOnly": float("readOnly" in surface.console),
        "accept": -float("accept" in surface.console),
        "policies": float("policies/https.yaml" in dict(surface.files)),
    }


def _places(surface: Surface) -> dict[str, str]:
    """Choices of which nobody can say which is the safer one: another is less, unless there is none before."""
    own = {line.partition(":")[0]: line for line in surface.lines}
    driver = surface.console.replace(", readOnly: true", "")
    places = {"console": "" if "accept" in driver else driver, "site": surface.site}
    places |= {key: own.get(key, "") or "usual" for key in ("journal", "evidence")}
    places |= {path: content for path, content in surface.files if not path.startswith("policies/")}
    return places | dict(surface.lock)


def _applications(surface: Surface) -> dict[int, dict[str, str]]:
    """By SDKAppId: file, owner, secret, and what is acknowledged or left to its removal."""
    return {
        app.sdk_app_id: {
            "file": app.file,
            "owner": app.owner,
            "key": app.key,
            "onRemove": "onRemove" if "onRemove" in app.more else "",
            "acknowledged": app.more.partition(":")[0] if app.more[:6] in ("intent", "waive:") else "",
            "hold": "hold" if "hold" in app.more else "",
        }
        for app in surface.apps
    }


def _falls(base: Surface, head: Surface) -> Iterator[str]:
    """Everything in which production is protected worse by `head` than by `base`."""
    if base.tier != "production":
        return
    now = _protection(head)
    yield from (name for name, weight in _protection(base).items() if now[name] < weight)
    places = _places(head)
    yield from (name for name, value in _places(base).items() if value and places.get(name, "") not in (value, ""))
    yield from (name for name in _places(base) if name not in places)
    apps = _applications(head)
    for number, was in _applications(base).items():
        if number not in apps:
            yield f"{number} is gone"
            continue
        is_now = apps[number]
        yield from (f"{number} {key}" for key in ("file", "owner", "key") if was[key] != is_now[key])
        yield from (f"{number} {key}" for key in ("onRemove", "acknowledged") if is_now[key] not in (was[key], ""))
        if was["hold"] and not is_now["hold"]:
            yield f"{number} hold"
    for file in ("environments/prod/environment.yaml", "environments/prod/apps/call.yaml", "CODEOWNERS"):
        was_owned, owned = (_owners(surface, file) for surface in (base, head))
        if not owned <= was_owned or (was_owned and not owned):
            yield f"owners of {file}"


def _owners(surface: Surface, file: str) -> set[str]:
    """A reading of CODEOWNERS that is enough for the patterns of this module: the last line that matches counts."""
    found: set[str] = set()
    for line in surface.codeowners:
        pattern, *owners = line.split()
        exact = pattern.removeprefix("/").replace("*", "prod")
        if pattern == "*" or file == exact or (pattern.endswith("/") and file.startswith(exact)):
            found = set(owners)
    return found


def _step(templates: Path, history: list[Surface], head: Surface) -> list[GuardrailChange]:
    known = strictest_known(surface.read(templates) for surface in reversed(history))
    if not known.commit:
        return []
    now = head.read(templates).policy
    return [change for policy in known.policies for change in compare(policy, now)]


def _somebody(changes: list[GuardrailChange]) -> bool:
    return any(ask.owners and ask.required > 0 for change in changes for ask in change.asks)


_SETTINGS = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(_SETTINGS, max_examples=150)
@given(start=_STARTS, edits=st.lists(_EDITS, min_size=1, max_size=4))
def test_where_protection_of_production_falls_somebody_is_asked(
    templates: Path, start: Surface, edits: list[Edit]
) -> None:
    head = _all(edits)(start)
    falls = list(_falls(start, head))
    changes = _step(templates, [start], head)
    assert _somebody(changes) or not falls, (falls, changes)


@settings(_SETTINGS, max_examples=60)
@given(
    start=_STARTS,
    steps=st.lists(st.tuples(st.lists(_EDITS, min_size=1, max_size=2), st.none() | _BREAKS), min_size=2, max_size=3),
)
def test_no_sequence_of_steps_gets_there_without_asking(
    templates: Path, start: Surface, steps: list[tuple[list[Edit], Edit | None]]
) -> None:
    """A step that breaks the environment has no plan and asks nobody, whatever else it edits: the next one is asked."""
    history, asked = [start], False
    for edits, breaks in steps:
        head = replace(_all(edits)(history[-1]), broken=False, there=True)
        if breaks is not None:
            history.append(breaks(head))
            continue
        asked = asked or _somebody(_step(templates, history, head))
        history.append(head)
    end = next(surface for surface in reversed(history) if surface.there and not surface.broken)
    falls = list(_falls(start, end))
    assert asked or not falls, falls


def test_the_measure_sees_what_was_carried_out() -> None:
    """A law holds of nothing where its measure sees nothing."""
    start = Surface(codeowners=CODEOWNERS)
    for edit in (
        _set("tier", "development"),
        _set_line("approvals", "approvals: {required: 0}"),
        _set_line("limits", "limits: {maxChangesPercent: 100}"),
        _set_line("journal", "journal: s3://mallorys/x"),
        _set("console", "{driver: embedded}"),
        _set("codeowners", ("* @mallory",)),
        _drop_app(0),
        _swap,
    ):
        assert list(_falls(start, edit(start))), edit
