"""Carrying out a plan: journal, lock, lease, writes that are read back."""
