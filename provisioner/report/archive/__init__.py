"""Views of recorded files, recorded minutes and evidence."""
