"""Whose turn it is among several keys of one provider: used evenly, and those in trouble after the others."""

from __future__ import annotations

import hashlib
import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from babble_app.errors import ProviderKeyRefusedError, ProviderRateLimitedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from babble_app.errors import BabbleError
    from babble_app.llm.credentials import Credential

V = TypeVar("V")

REFUSED_SECONDS = 600.0
"""How long a key that was refused comes after the others."""
LIMITED_SECONDS = 30.0
"""How long one comes after them that was rate-limited by a provider that names no time."""
LONGEST_SECONDS = 3600.0
MOST_KEYS = 10_000
"""That are remembered; those not used for longest are forgotten first."""


@dataclass
class KeyTurns:
    """The process's memory of which key was used when; it knows keys by their digests only."""

    clock: Callable[[], float] = time.monotonic
    most_keys: int = MOST_KEYS
    _used: dict[bytes, int] = field(default_factory=dict[bytes, int])
    _resting_until: dict[bytes, float] = field(default_factory=dict[bytes, float])
    _count: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def in_turn(self, credentials: Iterable[Credential]) -> tuple[Credential, ...]:
        """Return them in the order in which to try them: what was not used for longest first, what rests last.

        Asking changes nothing: a key has had its turn when a model is opened with it.
        """
        now = self.clock()

        def place(credential: Credential) -> tuple[float, int]:
            key = _digest(credential.api_key.get_secret_value())
            resting = self._resting_until.get(key, 0.0)
            return (resting if resting > now else 0.0, self._used.get(key, 0))

        return tuple(sorted(credentials, key=place))

    def note_use(self, api_key: str) -> None:
        """Note that a model was opened with the key."""
        if api_key:
            self._remember(self._used, _digest(api_key), next(self._count))

    def note_failure(self, api_key: str, error: BabbleError) -> None:
        """Let the key rest if the provider refused it, or limits it."""
        if isinstance(error, ProviderKeyRefusedError):
            seconds = REFUSED_SECONDS
        elif isinstance(error, ProviderRateLimitedError):
            seconds = min(error.retry_after_seconds or LIMITED_SECONDS, LONGEST_SECONDS)
        else:
            return
        if api_key:
            self._remember(self._resting_until, _digest(api_key), self.clock() + seconds)

    def note_success(self, api_key: str) -> None:
        """Let the key rest no longer: the provider took it."""
        self._resting_until.pop(_digest(api_key), None)

    def _remember(self, known: dict[bytes, V], key: bytes, value: V) -> None:
        known.pop(key, None)
        known[key] = value
        if len(known) > self.most_keys:
            del known[next(iter(known))]


def _digest(api_key: str) -> bytes:
    return hashlib.sha256(api_key.encode()).digest()
