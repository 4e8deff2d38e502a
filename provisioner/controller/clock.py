"""This machine's clock in epoch seconds, where the store's does not count: what signatures are dated with."""

from __future__ import annotations

import time
from collections.abc import Callable

Wall = Callable[[], float]

wall_clock: Wall = time.time
