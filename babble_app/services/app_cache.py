"""Remembers for a moment what a token or an address opens, as a host app asks many times a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babble_app.store.apps import OpenedApp

CACHE_SECONDS = 0.9
"""Below a second: also what another process (the command line) takes back is refused within one."""
_MOST_CACHED = 10_000


class AppCache:
    """Apps by the hash of a token, by their slug, or by their id."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[str, tuple[float, OpenedApp | None]] = OrderedDict()
        self.signing_key = b""
        """Of visitors' tokens; empty until the first is made or read. Derived each time, reading a token took 215 µs, not 31."""

    def find(self, key: str) -> tuple[bool, OpenedApp | None]:
        """Return whether it is known what the key opens, and what that is; None: nothing."""
        until, opened = self._kept.get(key, (0.0, None))
        return until > time.monotonic(), opened

    def keep(self, key: str, opened: OpenedApp | None) -> None:
        """Keep the answer for a moment."""
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic() + CACHE_SECONDS, opened)
        if len(self._kept) > _MOST_CACHED:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Forget everything; whoever changes an app or takes a token back calls this."""
        self._kept.clear()
