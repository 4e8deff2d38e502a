"""Recorded minutes, as the service counts them."""
