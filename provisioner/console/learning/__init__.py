"""What a capture (HAR) of one's own console session shows: shapes for a binding, and what applications are set to.

A capture is a stranger's file: bounded where it is read, and never quoted where it is shown.
"""
