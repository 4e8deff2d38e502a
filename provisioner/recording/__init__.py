"""The domain: what can be set about recording, in which units and ranges, and what that means. No I/O."""
