"""What all texts share: columns, style, Markdown, JSON, limits of size."""
