"""Recorded files in VOD and in buckets."""
