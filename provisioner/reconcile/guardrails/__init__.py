"""What protects an environment, and what a change to the specs does to that protection. Policy
comes from the base."""
