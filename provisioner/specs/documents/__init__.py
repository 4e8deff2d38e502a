"""The kinds of spec files, and how layers of them become one effective document."""
