"""The one engine: diff, consequence, plan, seal, apply. Everything else is a view of it or a way to run it."""
