"""The simulated console as a page for a browser, which asks its own server the way the real console's page does."""
