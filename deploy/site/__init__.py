"""The documentation as a site: what mkdocs is told besides docs/, and the pictures."""
