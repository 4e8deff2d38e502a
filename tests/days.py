"""Days that specs of tests name, seen from the day on which they run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LATER = (datetime.now(UTC).date() + timedelta(days=200)).isoformat()
"""An acknowledgement that ends on it holds today, and is not too long."""
