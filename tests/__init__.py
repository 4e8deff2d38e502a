"""Tests, one folder a room of provisioner/."""
