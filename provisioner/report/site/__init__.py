"""A static site for people without a terminal: pure functions from views to pages."""
