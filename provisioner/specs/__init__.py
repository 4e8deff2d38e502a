"""From YAML files to effective settings in which every leaf knows the line that set it."""
