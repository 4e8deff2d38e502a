"""Earlier promotions: the base of the next three-way merge, and what a rollback restores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from provisioner.foundation.errors import UsageError, did_you_mean
from provisioner.foundation.text_safety import printable
from provisioner.promotion.file_values import Written
from provisioner.specs.documents.promotion_record import PromotionRecord
from provisioner.specs.workspace import Workspace


def bases(records: Sequence[PromotionRecord], source: str) -> Mapping[str, Written]:
    """What the source said of each application, by the target's name, when it was last promoted from there."""
    return {
        name: share.base for record in records if record.source == source for name, share in record.applications.items()
    }


def last(records: Sequence[PromotionRecord], name: str) -> PromotionRecord | None:
    """The newest record that knows an application, whether or not anything of it moved."""
    return next((record for record in reversed(records) if name in record.applications), None)


def last_move(records: Sequence[PromotionRecord], name: str) -> PromotionRecord | None:
    """The newest promotion that moved something of an application."""
    return last([record for record in records if name in record.applications and record.applications[name].moved], name)


def moved_since(records: Sequence[PromotionRecord], to: PromotionRecord, name: str) -> frozenset[str]:
    """The paths of an application that promotions moved after the record `to`."""
    later = [record for record in records if record.name > to.name and name in record.applications]
    return frozenset(path for record in later for path in record.applications[name].moved)


def find_record(workspace: Workspace, words: str) -> PromotionRecord:
    """The record that a path, or its name, means. Raises SpecErrors, UsageError."""
    name = PurePosixPath(words).name.removesuffix(".yaml")
    known = [record for env in workspace.environment_names() for record in workspace.promotions(env)]
    found = [record for record in known if record.name == name]
    if len(found) != 1:
        raise UsageError(
            f'there is no promotion record "{printable(words)}"{did_you_mean(name, [record.name for record in known])}',
            fix="`provisioner promotions ENV` lists them.",
        )
    return found[0]
