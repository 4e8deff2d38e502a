"""One strict YAML reader, and one writer that keeps every byte it does not mean."""
