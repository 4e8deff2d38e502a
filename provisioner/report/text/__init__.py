"""Shared by all text views: columns, style, Markdown, JSON, size limits, counts."""
