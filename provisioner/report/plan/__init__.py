"""Views of a plan: terminal, comment, HTML, SARIF and more, all from one typed view."""
