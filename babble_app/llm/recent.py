"""A memory that forgets: of what is keyed by what people and providers choose, only so much is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The last `most` entries that were used; what was not used for longest is forgotten first."""

    def __init__(self, most: int) -> None:
        """Remember at most so many."""
        self._most = most
        self._entries: dict[K, V] = {}

    def __len__(self) -> int:
        """Return how many are remembered."""
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """Return what is remembered, and count that as a use."""
        if key not in self._entries:
            return None
        value = self._entries[key] = self._entries.pop(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Remember a value."""
        self._entries.pop(key, None)
        self._entries[key] = value
        if len(self._entries) > self._most:
            del self._entries[next(iter(self._entries))]

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Return what is remembered, else what `make` returns, and remember that."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value
