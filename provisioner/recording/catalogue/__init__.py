"""Every leaf there is: one entry a field, with its range, default and the public page it comes from.

A module for each part of a spec. Paths are relative: those of `recorded`, `mixed` and `storage` to
`/recording/settings`, `storage.BUCKET`'s to one cloud storage's block. Where pages disagree the entry says so.
"""
