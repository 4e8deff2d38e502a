"""Log lines go to stderr, one logger a room; results never pass through here."""

from __future__ import annotations

import logging
import sys

# These print request bodies and Authorization headers when somebody turns on debug logging globally.
_LEAKY = ("tencentcloud_sdk_common", "urllib3", "requests", "botocore", "boto3")


def configure(verbose: bool) -> None:
    """Log warnings to standard error, with `verbose` everything, but never what libraries log of secrets."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.WARNING)
    silence(*_LEAKY)


def silence(*loggers: str) -> None:
    """Nothing that these libraries log is ever shown."""
    for name in loggers:
        leaky = logging.getLogger(name)
        leaky.setLevel(logging.CRITICAL)
        leaky.propagate = False
