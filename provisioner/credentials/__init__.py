"""Sources of credentials: one module each, and the registry that makes them known everywhere."""
