"""Fingerprints of findings: they stay the same while lines move and words change, so that reports can be compared."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator

from provisioner.recording.findings import Finding


def fingerprints(findings: Iterable[Finding]) -> Iterator[str]:
    """One for each finding: of its rule, file, environment, application and path.

    Findings that agree in all of these are numbered in order.
    """
    seen: Counter[str] = Counter()
    for finding in findings:
        file = finding.where.file if finding.where else ""
        place = "\0".join((finding.id, file, finding.environment, finding.application, finding.path))
        digest = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
        seen[digest] += 1
        yield f"{digest}:{seen[digest]}"
