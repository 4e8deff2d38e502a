"""What was recorded: the files that storages hold, found again and read by their names."""
