"""Packages that only some commands need: which extra brings each, and what is said where it is not installed."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.foundation.errors import UsageError

EXTRAS: Mapping[str, tuple[str, ...]] = {
    "pulumi": ("pulumi", "grpc", "google"),
    "archive": ("boto3", "botocore", "matplotlib"),
    "review": ("junitparser", "github", "gitlab"),
    "metrics": ("prometheus_client",),
    "controller": ("alembic", "prometheus_client", "psycopg", "sqlalchemy", "uvloop"),
}
"""Extra -> top-level modules that it brings, as `pyproject.toml` declares them."""


def missing(error: ImportError) -> UsageError | None:
    """The words for a package that is not installed; None where none of an extra's is the reason."""
    module = (error.name or "").partition(".")[0]
    extras = [f"pip install 'trtc-recording[{extra}]'" for extra, modules in EXTRAS.items() if module in modules]
    if not extras:
        return None
    return UsageError(
        f"this needs the package {module}, which is not installed",
        fix=f"Install the extra: {' or '.join(extras)}.",
    )
