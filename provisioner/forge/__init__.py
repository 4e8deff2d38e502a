"""Where code is reviewed, over HTTP: one comment, one issue, statuses, and who approved what. A forge is a package here
that the registry names; everything else asks the registry."""
