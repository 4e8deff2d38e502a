"""Recording settings of every TRTC application as reviewed code."""

__version__ = "0.1.0"
