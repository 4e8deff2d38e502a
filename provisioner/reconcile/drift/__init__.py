"""Drift: who made a console differ, which applications need a look, and what the last look found."""
