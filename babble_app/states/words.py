"""Figures as people read them."""

from __future__ import annotations

from babble_app.llm.prices import dollars, nano

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


def money_words(usd: float) -> str:
    """Return `$1.23`; of less than a cent the first two digits that say something, such as `$0.0004`."""
    return dollars(nano(usd))


def tokens_words(count: int) -> str:
    """Return `940`, `12.3 k` or `4.1 M`."""
    if count < 10_000:
        return f"{count:,}"
    if count < 999_500:
        return f"{count / 1000:.0f} k" if count >= 99_950 else f"{count / 1000:.1f} k"
    return f"{count / 1_000_000:,.1f} M"


def duration_words(ms: float | None) -> str:
    """Return `420 ms`, `3.2 s` or `2.5 min`; a dash where there was nothing to measure."""
    if ms is None:
        return "–"
    if ms < 999.5:
        return f"{ms:.0f} ms"
    seconds = ms / 1000
    return f"{seconds:.1f} s" if seconds < 99.95 else f"{seconds / 60:.1f} min"


def percent_words(share: float) -> str:
    """Return `12 %`; what is little but not nothing is `under 1 %`."""
    return "under 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")
