"""Log lines go to stderr, one logger a room; results never pass through here."""

from __future__ import annotations

import logging
import sys

from provisioner.foundation.text_safety import printable

# These print request bodies and Authorization headers when somebody turns on debug logging globally.
_LEAKY = ("tencentcloud_sdk_common", "urllib3", "requests", "botocore", "boto3")


def configure(verbose: bool) -> None:
    """Log warnings to standard error, with `verbose` everything, but never what libraries log of secrets."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Harmless("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.WARNING)
    silence(*_LEAKY)


class _Harmless(logging.Formatter):
    """A message may carry a stranger's words: they do nothing to a terminal, and start no command in a job's log."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802, logging's name
        record.message = "\n".join(map(printable, record.message.split("\n")))
        return super().formatMessage(record)


def silence(*loggers: str) -> None:
    """Nothing that these libraries log is ever shown."""
    for name in loggers:
        leaky = logging.getLogger(name)
        leaky.setLevel(logging.CRITICAL)
        leaky.propagate = False
