"""Tests of the embedded console: the real SDK talks to it over loopback HTTP."""
