"""Every room that existed, and what became of its recording."""
