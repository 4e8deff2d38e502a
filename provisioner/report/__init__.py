"""Views of a plan: pure functions from values to text, every value escaped for its medium."""
