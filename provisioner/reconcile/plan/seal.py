"""A plan as a file that somebody reviewed: sealed, so that what is applied is what was looked at.

The seal is a SHA-256 over everything but itself. Times stand only in it, so that the same plan has the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan.document import PLAN_VERSION, Document, schema

GOOD_FOR = timedelta(hours=24)
"""How long a sealed plan may be applied."""


@dataclass(frozen=True, slots=True)
class PlanRuns:
    """What runs of one sealed plan have done: applications that were `begun`, those that are `done`.

    `finished` is when a run ended with nothing left to do, None before that.
    """

    begun: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    finished: str | None = None


def digest(document: Document) -> str:
    """SHA-256 of the document without its seal, over canonical JSON."""
    rest = {key: value for key, value in document.items() if key != "seal"}
    canonical = json.dumps(rest, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def seal(document: Document, now: datetime) -> dict[str, Any]:
    """`document` with its envelope."""
    envelope = {"digest": digest(document), "observedAt": timestamp(now), "expires": timestamp(now + GOOD_FOR)}
    return {**document, "seal": envelope}


def text(sealed: Document) -> bytes:
    """A sealed plan as its file has it."""
    return (json.dumps(sealed, indent=2, ensure_ascii=False) + "\n").encode()


def load(path: Path) -> dict[str, Any]:
    """A sealed plan as it was written. Raises UsageError where it is none, ConflictError where it was edited."""
    document = read(path)
    if "seal" not in document:
        raise UsageError("is a plan without a seal", where=str(path), fix=_ADVICE)
    if document["seal"]["digest"] != digest(document):
        raise ConflictError(
            "was edited after it was sealed: its digest is another", where=str(path), fix="Make the plan again."
        )
    return document


_ADVICE = "`provisioner plan ENV --out FILE` writes one."


def read(path: Path) -> dict[str, Any]:
    """A plan document, sealed or not. Raises UsageError where the file is none."""
    try:
        document: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(f"is no plan ({reason})", where=str(path), fix=_ADVICE) from None
    version = document.get("planVersion") if isinstance(document, dict) else None
    if isinstance(version, int) and version != PLAN_VERSION:
        raise UsageError(f"has version {version} of the plan format; this tool reads {PLAN_VERSION}", where=str(path))
    if reason := _misshapen(document):
        raise UsageError(f"is no plan ({reason})", where=str(path), fix=_ADVICE)
    plan: dict[str, Any] = document
    return plan


def _misshapen(document: Any) -> str:
    """Where a document does not have the shape of a plan, as a pointer; '' where it has."""
    import jsonschema_rs

    error = next(jsonschema_rs.Draft202012Validator(schema(), validate_formats=True).iter_errors(document), None)
    return "" if error is None else f"at /{'/'.join(map(str, error.instance_path))}"


def addresses(sealed: Document) -> list[str]:
    """What the plan was made for: `ENV`, or `ENV/APP` for each chosen application."""
    environment = sealed["environment"]
    if sealed["scope"] is None or "changed" in sealed:
        return [environment]
    return [f"{environment}/{name}" for name in sealed["scope"]]


def changed_since(sealed: Document) -> str | None:
    """The commit whose reach the plan was made for; None where it is of chosen applications, or of all."""
    base: Document | None = sealed["base"] if "changed" in sealed else None
    return base["commit"] if base else None


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that is not as the plan says: a field of an application, or the plan itself."""

    what: str
    application: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = " ".join(part for part in (self.application, self.path) if part)
        return f"{place}: {self.what}" if place else self.what


def moved(sealed: Document, fresh: Document, now: datetime, runs: PlanRuns) -> list[Moved]:
    """Everything that differs between a sealed plan and the same plan made now, after what its own `runs` did.

    An application that is done must have nothing left to do; of one that was begun, some fields may be written.
    """
    found: list[Moved] = []
    if now > datetime.fromisoformat(sealed["seal"]["expires"]):
        found.append(Moved(f"the plan expired at {sealed['seal']['expires']}"))
    old, new = ({app["name"]: app for app in document["applications"]} for document in (sealed, fresh))
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            found.append(Moved("its spec is gone", name))
        elif name not in old:
            found.append(Moved("a spec was added", name))
        else:
            planned = [] if name in runs.done else old[name]["changes"]
            found.extend(_fields(name, planned, new[name]["changes"], name in runs.begun))
            if old[name]["sdkAppId"] != new[name]["sdkAppId"]:
                found.append(Moved(f"its SDKAppId was {old[name]['sdkAppId']}, now {new[name]['sdkAppId']}", name))
    return found


def _fields(name: str, old: list[Document], new: list[Document], begun: bool) -> Iterator[Moved]:
    before, now = ({change["path"]: change for change in changes} for changes in (old, new))
    for path in sorted(before.keys() | now.keys()):
        if path not in now:
            if not begun:
                yield Moved("console and spec agree now", name, path)
        elif path not in before:
            yield Moved(f"differs now: {_text(now[path]['before'])} -> {_text(now[path]['after'])}", name, path)
        else:
            if before[path]["after"] != now[path]["after"]:
                yield Moved(_words("the spec", before[path]["after"], now[path]["after"]), name, path)
            if before[path]["before"] != now[path]["before"]:
                yield Moved(_words("the console", before[path]["before"], now[path]["before"]), name, path)


def _words(whose: str, was: Any, now: Any) -> str:
    return f"{whose} said {_text(was)}, now {_text(now)}"


def _text(value: Any) -> str:
    return "(not set)" if value is None else json.dumps(value, ensure_ascii=True)
