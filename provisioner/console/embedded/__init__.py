"""The simulated console inside the calling process: its state file, its accounts, rehearsals."""
