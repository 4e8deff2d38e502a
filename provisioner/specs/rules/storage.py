"""How long files stay, and that each tier keeps its own."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.recording.application import Application
from provisioner.recording.fields import SETTINGS
from provisioner.recording.findings import Severity
from provisioner.recording.quantities import Dimension, Quantity
from provisioner.recording.storages import BUCKETS, STORAGES
from provisioner.specs.documents.environment import Environment
from provisioner.specs.rules.rule import ComparingCheck, Reasons, Rule, Specs, Violation, within

USUAL_RETENTION = {
    tier: Quantity.parse(least, Dimension.TIME)
    for tier, least in {"production": "30d", "staging": "7d", "development": "1d"}.items()
}
"""What a tier keeps at least where environment.yaml says nothing else (this tool's choice)."""

_RETENTION = f"{SETTINGS}/storage/vod/retention"


def _keeps_what_is_demanded(environment: Environment, app: Application) -> Reasons:
    least, retention = environment.minimum_retention, app.value(_RETENTION)
    if app.records and least is not None and isinstance(retention, Quantity) and retention < least:
        demand = environment.origin("/minimumRetention")
        yield (
            _RETENTION,
            f"retention {retention} is shorter than {environment.name}'s minimumRetention {least} ({demand}); "
            "keep files longer, or waive REC065 for a reason",
        )


def _keeps_what_is_usual(environment: Environment, app: Application) -> Reasons:
    least, retention = USUAL_RETENTION[environment.tier], app.value(_RETENTION)
    unsaid = environment.minimum_retention is None
    if app.records and unsaid and isinstance(retention, Quantity) and retention < least:
        message = (
            f"retention {retention} is shorter than the {least} that {environment.tier} usually keeps; "
            f"if that is meant, write minimumRetention: {retention} in {environment.where.file}"
        )
        yield _RETENTION, message


def _bucket_demands_are_seen_to(environment: Environment, app: Application) -> Reasons:
    vendor = app.setting("storage/vendor")
    if app.records and environment.minimum_retention is not None and vendor in BUCKETS:
        message = (
            f"minimumRetention {environment.minimum_retention} cannot be checked: files go to a bucket, "
            "and its own life cycle decides when they are deleted"
        )
        yield f"{SETTINGS}/storage/vendor", message


def _forever_is_production(environment: Environment, app: Application) -> Reasons:
    retention = app.value(_RETENTION)
    if app.records and not environment.production and isinstance(retention, Quantity) and retention.amount is None:
        usual = USUAL_RETENTION[environment.tier]
        message = (
            f"files of {environment.tier} are kept and charged for ever, which is what VOD does where no retention "
            f"is given; set storage.vod.retention, such as {usual}"
        )
        yield _RETENTION, message


def _tiers_keep_apart(specs: Specs) -> Iterator[Violation]:
    users: dict[str, dict[str, tuple[Environment, Application]]] = {}
    for environment in specs.environments:
        for app in environment.applications:
            if place := _place(app):
                users.setdefault(place, {}).setdefault(environment.tier, (environment, app))
    for environment in specs.environments:
        for app in environment.applications:
            place = _place(app)
            for tier, (other, its) in users.get(place, {}).items():
                if tier != environment.tier:
                    message = (
                        f"{place} also takes the files of {other.name} ({tier}, {its.origin(_place_leaf(its))}): "
                        "whoever may delete the one's may delete the other's; give each tier its own"
                    )
                    yield Violation(app, _place_leaf(app), message)


def _place(app: Application) -> str:
    """Where files go, so far as applications share it; empty where nothing is recorded or named."""
    vendor = app.setting("storage/vendor")
    if not app.records or vendor is None:
        return ""
    if not STORAGES[str(vendor)].bucket:
        return f"VOD application {app.setting(f'storage/{vendor}/subAppId')}"
    return f"{vendor} bucket {app.setting(f'storage/{vendor}/bucket')} in {app.setting(f'storage/{vendor}/region')}"


def _place_leaf(app: Application) -> str:
    vendor = app.setting("storage/vendor")
    return f"{SETTINGS}/storage/{vendor}/{STORAGES[str(vendor)].kept_apart_by}"


_APART = tuple(f"{SETTINGS}/storage/{vendor}/{storage.kept_apart_by}" for vendor, storage in STORAGES.items())
_REGIONS = tuple(f"{SETTINGS}/storage/{vendor}/region" for vendor in BUCKETS)

RULES = (
    Rule(
        "REC065",
        "Files are kept as long as their environment demands",
        Severity.ERROR,
        "Policy: minimumRetention in environment.yaml. VOD deletes a file for good when its time is over (TencentVod).",
        within(_keeps_what_is_demanded),
        waivable=True,
    ),
    Rule(
        "REC066",
        "Files are kept as long as is usual for their tier",
        Severity.MEDIUM,
        "Policy, where minimumRetention is not written: "
        + ", ".join(f"{tier} {least}" for tier, least in USUAL_RETENTION.items())
        + ". VOD deletes a file for good when its time is over (TencentVod).",
        within(_keeps_what_is_usual),
        waivable=True,
    ),
    Rule(
        "REC067",
        "A demand that nobody can check is told",
        Severity.LOW,
        "A bucket's files are deleted by the bucket's own life cycle; CloudStorage has no expiry.",
        within(_bucket_demands_are_seen_to),
        waivable=True,
    ),
    Rule(
        "REC068",
        "Only production keeps files for ever",
        Severity.LOW,
        "VOD keeps a file for ever where no expiry is given (TencentVod), and charges its storage.",
        within(_forever_is_production),
        waivable=True,
    ),
    Rule(
        "REC069",
        "Each tier keeps its files apart",
        Severity.MEDIUM,
        "Policy: rights to read and delete are given for a bucket, or a VOD application, as a whole.",
        ComparingCheck(
            _tiers_keep_apart,
            paths=("/recording/enabled", f"{SETTINGS}/storage/vendor", *_REGIONS),
            places=_APART,
            shared=_APART,
            between=lambda one, other: one.tier != other.tier,
        ),
        waivable=True,
    ),
)
