"""The manual-mode controller: starts a recording when a call begins, stops it when its room is dismissed.

It uses documented, public actions alone. `intake` turns what it is told into rows of the `store`, `machine` decides,
`effects` calls the service, `sweep` finds what nobody told.
"""
