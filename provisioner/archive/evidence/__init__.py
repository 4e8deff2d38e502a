"""What callbacks, files and minutes prove against the specs."""
