"""What rooms and recorders tell the business backend over HTTP, as the vendor does."""
