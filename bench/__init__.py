"""Measurements against a peer in the same run; `make bench` runs them, nothing asserts a wall time."""
