"""From one environment to the next: what differs, what moves, what stands against it, and what was moved when."""
