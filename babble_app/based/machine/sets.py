"""Sets whose order is the same in every process: Python's own depends on a secret for texts."""

from __future__ import annotations

from collections.abc import MutableSet
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class FrozenSet(AbstractSet[Any]):
    """`frozenset`: keeps what it is given in the order it was given in."""

    __slots__ = ("items",)

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self.items: dict[Any, None] = dict.fromkeys(items)

    def __contains__(self, item: object) -> bool:
        return item in self.items

    def __iter__(self) -> Iterator[Any]:
        """Iterate in Python's order where that is the same everywhere (numbers), else in that of insertion."""
        if all(type(item) is int for item in self.items):
            return iter(set(self.items))
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        return f"frozenset({_braces(self)})" if self.items else "frozenset()"


class Set(FrozenSet, MutableSet[Any]):
    """`set`."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]  # as Python marks what cannot be a key

    def add(self, value: Any) -> None:
        """Add an item."""
        self.items[value] = None

    def discard(self, value: Any) -> None:
        """Remove an item if it is there."""
        self.items.pop(value, None)

    def clear(self) -> None:
        """Remove everything."""
        self.items.clear()

    def __repr__(self) -> str:
        return _braces(self) if self.items else "set()"


def _braces(items: Iterable[Any]) -> str:
    return "{" + ", ".join(map(repr, items)) + "}"
