"""Views of specs: effective documents, explanations, findings."""
