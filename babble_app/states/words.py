"""Figures as people read them."""

from __future__ import annotations

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def size_words(size_bytes: int) -> str:
    """Return `1.4 MB` for 1,468,006."""
    size, unit = float(size_bytes), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    if unit == 0:
        return f"{size_bytes} byte" if size_bytes == 1 else f"{size_bytes} bytes"
    return f"{size:.0f} {_UNITS[unit]}" if size >= 10 else f"{size:.1f} {_UNITS[unit]}"


def count_words(count: int, one: str, many: str = "") -> str:
    """Return `1 file` or `3 files`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
