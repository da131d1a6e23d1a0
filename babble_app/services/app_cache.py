"""Remembers for a moment what a token or an address opens, and what new conversations rest on: host apps ask many times a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from babble_app.services.run_context import Basis
    from babble_app.store.apps import OpenedApp

CACHE_SECONDS = 0.9
"""Below a second: also what another process (the command line) takes back is refused within one."""
_MOST_CACHED = 10_000
T = TypeVar("T")


class Moment(Generic[T]):
    """Answers to reads, each for a moment."""

    def __init__(self) -> None:
        """Start empty."""
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def find(self, key: str) -> tuple[T] | None:
        """Return the answer, which may be None itself; None: it is not known."""
        kept = self._kept.get(key)
        return (kept[1],) if kept is not None and kept[0] > time.monotonic() else None

    def keep(self, key: str, answer: T) -> None:
        """Keep the answer for a moment."""
        self._kept.pop(key, None)
        self._kept[key] = (time.monotonic() + CACHE_SECONDS, answer)
        if len(self._kept) > _MOST_CACHED:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()


class AppCache:
    """What calls of host apps read again and again."""

    def __init__(self) -> None:
        """Start empty."""
        self.apps: Moment[OpenedApp | None] = Moment()
        """By the hash of a token, by slug, or by id; None: there is none."""
        self.bases: Moment[Basis] = Moment()
        """What the models of somebody's new conversations are opened by, by person, workspace and kind of work."""
        self.signing_key = b""
        """Of visitors' tokens; empty until the first is made or read. Derived each time, reading a token took 215 µs, not 31."""

    def forget(self) -> None:
        """Forget everything; whoever changes an app, takes a token back, or changes keys, models or kinds of work calls this."""
        self.apps.clear()
        self.bases.clear()
