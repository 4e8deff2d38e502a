"""A new repository of specs: its files, from a few choices. `files/` holds those that are the same but for a name."""
