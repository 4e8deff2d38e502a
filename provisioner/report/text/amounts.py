"""Lengths and sizes as people read them."""

from __future__ import annotations


def clock(seconds: float) -> str:
    """`5:07`, `1:00:00`, `0:05.5`."""
    whole, rest = divmod(round(seconds, 1), 1)
    hours, minutes = divmod(int(whole) // 60, 60)
    tail = f"{int(whole) % 60:02d}" + (f".{round(rest * 10)}" if rest else "")
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def size(count: int) -> str:
    """Bytes by thousands: `980 B`, `46.1 MB`, `1.2 TB`."""
    amount, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB"]
    while amount >= 999.95 and len(units) > 1:
        amount /= 1000
        units.pop(0)
    return f"{amount:.1f} {units[0]}" if amount != count else f"{count} B"


def counted(count: int, word: str) -> str:
    """`1 file`, `12,500 files`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"
