"""Where a person may be sent after logging in: pages of ours only."""

from __future__ import annotations

from urllib.parse import unquote

HOME = "/"
_MAX_CHARS = 2000


def local_path(wanted: str) -> str:
    r"""Return `wanted` when it is a path of this site, else the home page.

    Browsers read `//host`, `/\host` and paths with stray tabs or line ends as other sites, also after decoding; a path that
    needs any of those is not one of ours.
    """
    if len(wanted) > _MAX_CHARS:
        return HOME
    for reading in _readings(wanted):
        if not _is_plain_path(reading):
            return HOME
    return wanted


def _readings(text: str) -> list[str]:
    """Return the text and what decoding it once, twice... makes of it."""
    readings = [text]
    for _ in range(4):
        decoded = unquote(readings[-1])
        if decoded == readings[-1]:
            return readings
        readings.append(decoded)
    # Still changing after four rounds: nobody writes such a path in good faith.
    return [*readings, "//"]


def _is_plain_path(path: str) -> bool:
    if not path.startswith("/") or "//" in path.partition("?")[0] or "\\" in path:
        return False
    return all(character.isprintable() for character in path) and "@" not in path.partition("?")[0]
