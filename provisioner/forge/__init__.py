"""GitHub and GitLab over HTTP: one comment, one issue, statuses, and who approved what."""
