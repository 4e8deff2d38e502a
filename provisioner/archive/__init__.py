"""Recorded minutes, recorded files, and what they prove."""
