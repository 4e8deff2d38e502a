"""Tests of the call engine: pure, without a console."""
