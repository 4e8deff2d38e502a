"""Promotion from one environment to the next: comparison, merge, gates, records, rollback."""
