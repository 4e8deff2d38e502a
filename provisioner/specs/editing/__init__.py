"""Changes to spec files: repairs, migrations, new files, and edits that keep comments."""
