"""A plan as a file that somebody reviewed: sealed, so that what is applied is what was looked at.

The digest is a SHA-256 over the plan: times stand only in the seal, so that the same plan has the same digest whenever
it is made, and an approval is for that. The checksum is one over the whole file, times included. Neither is a
signature, which `signature.py` makes.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from provisioner.foundation.clock import timestamp
from provisioner.foundation.errors import ConflictError, UsageError
from provisioner.reconcile.plan.document import PLAN_VERSION, Document, schema

GOOD_FOR = timedelta(hours=24)
"""How long a sealed plan may be applied."""


def digest(document: Document) -> str:
    """SHA-256 of the document without its seal, over canonical JSON: what an approval is for."""
    return _sha256({key: value for key, value in document.items() if key != "seal"})


def seal(document: Document, now: datetime) -> dict[str, Any]:
    """`document` with its envelope."""
    envelope = {"digest": digest(document), "observedAt": timestamp(now), "expires": timestamp(now + GOOD_FOR)}
    return {**document, "seal": {**envelope, "checksum": _checksum({**document, "seal": envelope})}}


def _checksum(sealed: Document) -> str:
    """SHA-256 of everything but itself: `digest`, `observedAt` and `expires` are inside."""
    return _sha256({**sealed, "seal": {key: value for key, value in sealed["seal"].items() if key != "checksum"}})


def _sha256(value: Any) -> str:
    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def text(sealed: Document) -> bytes:
    """A sealed plan as its file has it."""
    return (json.dumps(sealed, indent=2, ensure_ascii=False) + "\n").encode()


def load(path: Path) -> dict[str, Any]:
    """A sealed plan as it was written. Raises UsageError where it is none, ConflictError where it was edited."""
    return opened(content(path), str(path))


def opened(data: bytes, name: str) -> dict[str, Any]:
    """The sealed plan in a file's bytes, which messages call `name`. Raises as `load` does."""
    document = _parsed(data, name)
    if "seal" not in document:
        raise UsageError("is a plan without a seal", where=name, fix=_ADVICE)
    envelope = document["seal"]
    if envelope["digest"] != digest(document) or envelope["checksum"] != _checksum(document):
        raise ConflictError(
            "was edited after it was sealed: its digest is another", where=name, fix="Make the plan again."
        )
    try:
        observed, expires = (datetime.fromisoformat(envelope[key]) for key in ("observedAt", "expires"))
    except ValueError as error:
        raise _no_plan(name, error) from None
    if expires - observed > GOOD_FOR:
        raise ConflictError("expires later than any plan does", where=name, fix="Make the plan again.")
    return document


_ADVICE = "`provisioner plan ENV --out FILE` writes one."


def read(path: Path) -> dict[str, Any]:
    """A plan document, sealed or not. Raises UsageError where the file is none."""
    return _parsed(content(path), str(path))


def content(path: Path) -> bytes:
    """What a plan's file holds. Raises UsageError where it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise _no_plan(path, error) from None


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    try:
        document: Any = json.loads(data.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _no_plan(name, error) from None
    version = document.get("planVersion") if isinstance(document, dict) else None
    if isinstance(version, int) and version != PLAN_VERSION:
        raise UsageError(f"has version {version} of the plan format; this tool reads {PLAN_VERSION}", where=name)
    if reason := _misshapen(document):
        raise UsageError(f"is no plan ({reason})", where=name, fix=_ADVICE)
    plan: dict[str, Any] = document
    return plan


def _no_plan(name: Path | str, error: Exception) -> UsageError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return UsageError(f"is no plan ({reason})", where=str(name), fix=_ADVICE)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice: of two, each reader may believe another."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


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
