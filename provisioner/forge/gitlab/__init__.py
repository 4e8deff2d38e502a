"""GitLab, its own service or self-managed."""
